/**
 * What is reworded: a region that a DAW sent, an earlier take, or an uploaded file. All become the same:
 *
 * { reference, key, title, span, seconds, timeline, project, music, tags, lyrics, language, client, hear }
 * reference  for `source.path`; key is what the address of the page says, e.g. { take: "JOB/1" }
 * client     the program that is to place what is kept; "" for none
 * hear       what `/api/audition` is asked before anything was rendered
 */

export async function findSource(app, params, signal) {
  if (params.get("region")) return ofRegion(await app.api.get(`/api/regions/${params.get("region")}`, {}, signal));
  if (params.get("take")) return ofTake(await app.api.get(`/api/takes/${params.get("take")}`, {}, signal));
  if (params.get("upload")) return ofUpload(await app.api.get(`/api/uploads/${params.get("upload")}`, {}, signal));
  return null;
}

export function ofRegion(region) {
  const span = region.span;
  return {
    reference: region.source,
    key: { region: region.id },
    title: [region.source_name || "Region", region.project_name].filter(Boolean).join(" · "),
    span,
    seconds: (span.end - span.start) / span.rate,
    timeline: region.timeline ?? null,
    project: region.project || "",
    music: region.music ?? {},
    tags: region.tags ?? "",
    lyrics: region.lyrics ?? "",
    language: region.language ?? "",
    client: region.client ?? "",
    jobs: region.jobs ?? [],
    hear: { region: region.id },
  };
}

/** A take as a source is its file, without the handles that a region file may have on its sides. `told` is what `/api/takes/JOB/N` says. */
export function ofTake({ line, rendered, parts }) {
  const [part] = parts;
  const [before, after] = part.handles ?? [0, 0];
  const { rate } = part.span;
  const id = `${line.job}/${line.number}`;
  return {
    reference: `take:${id}`,
    key: { take: id },
    title: line.tags || `Take ${line.number}`,
    span: { start: before, end: part.samples - after, rate },
    seconds: (part.samples - before - after) / rate,
    timeline: part.timeline + before,
    project: line.project ? `project:${line.project}` : "",
    music: rendered.music ?? {},
    tags: rendered.tags ?? "",
    lyrics: rendered.lyrics ?? "",
    language: rendered.language ?? "",
    client: line.client,
    backend: line.backend,
    jobs: [],
    hear: { of: id },
  };
}

export function ofUpload(upload) {
  return {
    reference: `upload:${upload.id}`,
    key: { upload: upload.id },
    title: upload.name,
    span: { start: 0, end: upload.frames, rate: upload.rate },
    seconds: upload.seconds,
    timeline: null,
    project: "",
    music: {},
    tags: "",
    lyrics: "",
    language: "",
    client: "",
    jobs: [],
    hear: { upload: upload.id },
  };
}

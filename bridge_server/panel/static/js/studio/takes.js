/** Which take each tab made last, so that the next one can begin from it; kept by the browser. And takes as sources. */

import { Bell } from "../bell.js";

const KEY = "dawbridge.studio.takes";

export class LastTakes extends Bell {
  #kept = {};
  #storage;

  constructor(storage = globalThis.localStorage) {
    super();
    this.#storage = storage;
    try {
      this.#kept = JSON.parse(storage?.getItem(KEY) ?? "{}");
    } catch (error) {
      console.debug("takes: cannot be read", error);
    }
  }

  /** "JOB/N" of the last take of a tab ("text2music", "retake", "repaint", "edit", "extend"), or "". */
  of(tab) {
    return this.#kept[tab] ?? "";
  }

  set(tab, id) {
    if (this.#kept[tab] === id) return;
    this.#kept = { ...this.#kept, [tab]: id };
    try {
      this.#storage?.setItem(KEY, JSON.stringify(this.#kept));
    } catch (error) {
      console.debug("takes: not kept in this window", error);
    }
    this.ring("changed", tab);
  }
}

/**
 * A take as a source: { reference, take, rate, frames, seconds, tags, lyrics, loras, peaks, title }.
 * `told` is what `/api/takes/JOB/N` says; its file is the first part.
 */
export function takeSource({ line, rendered, parts: [part] }) {
  const id = `${line.job}/${line.number}`;
  return {
    reference: `take:${id}`,
    take: { job: line.job, number: line.number, backend: line.backend },
    rate: part.span.rate,
    frames: part.samples,
    seconds: part.samples / part.span.rate,
    tags: rendered.tags ?? "",
    lyrics: rendered.lyrics ?? "",
    loras: lorasOf(rendered),
    peaks: `/api/takes/${id}/peaks`,
    title: `${line.tags || line.job} · take ${line.number}`,
  };
}

/** An upload as a source; its waveform is that of its audition. */
export function uploadSource(upload, audition) {
  return {
    reference: `upload:${upload.id}`,
    take: null,
    rate: upload.rate,
    frames: upload.frames,
    seconds: upload.seconds,
    tags: "",
    lyrics: "",
    loras: [],
    peaks: (audition.original ?? audition.bed)?.peaks ?? "",
    title: upload.name,
  };
}

/** A region that a DAW sent, as a source; its takes go back to where it lies on the timeline. */
export function regionSource(region, audition) {
  return {
    ...rangeOf(region.span, audition),
    reference: region.source,
    timeline: region.timeline ?? null,
    project: region.project || "",
    tags: region.tags ?? "",
    lyrics: region.lyrics ?? "",
    title: [region.source_name, region.project_name].filter(Boolean).join(" · "),
  };
}

/** What an earlier take was made of, in the same range: to ask for it again with changes. */
export function earlierSource({ line, request, parts: [part] }, audition) {
  return {
    ...rangeOf(request.span, audition),
    reference: `source:${line.job}`,
    isRegion: request.form !== "whole",
    timeline: request.timeline ?? (request.form === "whole" ? null : part.timeline + (part.handles ?? [0])[0]),
    project: line.project ? `project:${line.project}` : "",
    tags: request.source_tags ?? request.tags ?? "",
    lyrics: request.source_lyrics ?? "",
    loras: lorasOf(request),
    title: `what take ${line.number} was made of · ${line.tags || line.job}`,
  };
}

/** LoRAs as a request names them; those that the panel does not offer any more are left out. */
export function lorasOf({ loras = [] }) {
  return loras.filter(({ path }) => path).map(({ path, weight = 1 }) => ({ path, weight }));
}

function rangeOf({ start, end, rate }, audition) {
  const peaks = (audition.original ?? audition.bed)?.peaks ?? "";
  return { isRegion: true, take: null, rate, offset: start, frames: end - start, seconds: (end - start) / rate, loras: [], peaks };
}

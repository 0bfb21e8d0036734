/** What two recipes have in common and what not. Pure, so that it can be tested without a page. */

/** Names for people; the rest is named as the protocol names it. */
export const LABELS = {
  request: "What was asked", task: "Task", tags: "Tags", lyrics: "Lyrics", language: "Language", seed: "Seed", backend: "Made by", model: "Model",
  release: "Dawbridge", created: "Made", span: "Region",
  "music.bpm": "Tempo", "music.meter": "Meter", "music.key": "Key", "music.chords": "Chords", "music.section": "Section", "music.since_bar": "Since the bar",
  strength: "Strength", variance: "Variance", mode: "Mode", role: "Stem", source_tags: "Tags before", source_lyrics: "Lyrics before",
  match_loudness: "Loudness matched", variants: "Takes asked for", handles: "Handles", draft: "Draft", preview: "Preview", form: "Form",
  "sampling.infer_step": "Steps", "sampling.guidance_scale": "Guidance", "sampling.scheduler_type": "Scheduler", "sampling.cfg_type": "Kind of guidance",
  "sampling.omega_scale": "Granularity", context_sha256: "Sound around it", loras: "LoRAs", reference_strength: "Reference strength",
};

const SMALL = new Set(["job", "project", "folder", "timeline", "number", "take", "channels", "sample_format"]);
/** Lists and references are shown whole. */
const WHOLE = new Set(["loras", "changes", "notes", "oss_steps", "source", "sources", "reference"]);

/** { "music.bpm": 90, … }: the fields of a recipe one by one, without what is the same in every job or no part of the music. */
export function flat(value, before = "") {
  const found = {};
  for (const [name, one] of Object.entries(value ?? {})) {
    const path = before ? `${before}.${name}` : name;
    if (SMALL.has(name) || one === null || one === undefined || one === "") continue;
    if (name === "span") found[path] = spanText(one);
    else if (WHOLE.has(name)) found[path] = textOf(one);
    else if (Array.isArray(one)) found[path] = one.map(textOf).join(", ");
    else if (typeof one === "object") Object.assign(found, flat(one, path));
    else found[path] = one;
  }
  return found;
}

function spanText({ start, end, rate }) {
  const seconds = (samples) => (samples / rate).toFixed(3);
  return `${seconds(start)} to ${seconds(end)} s (samples ${start.toLocaleString("en")} to ${end.toLocaleString("en")} at ${rate.toLocaleString("en")} Hz)`;
}

function textOf(value) {
  if (Array.isArray(value)) return value.map(textOf).join("; ");
  if (value && typeof value === "object") {
    return Object.entries(value).filter(([, one]) => one !== "" && one !== null).map(([name, one]) => (name === "path" ? textOf(one) : `${name} ${textOf(one)}`)).join(", ");
  }
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

function without(map, names) {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)));
}

/** How a take was made, as one flat map: what was asked, who made it, with what. `told` is what GET /api/takes/JOB/N answers. */
export function fieldsOf(told) {
  const { request: asked, rendered, recipe, line } = told;
  const rest = without(rendered, ["request", "backend", "seed"]);
  const made = without(recipe ?? {}, ["notes", "number"]);
  const own = asked.request === "retake" ? { variance: asked.variance ?? 0.5 } : {};
  return flat({ task: asked.request, ...rest, ...own, ...made, seed: line.seed, backend: line.backend });
}

/** [{ path, label, one, other, same }], those that differ first, each half in the order of the labels. */
export function differences(one, other) {
  const order = Object.keys(LABELS);
  const rank = (path) => (order.includes(path) ? order.indexOf(path) : order.length);
  const paths = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return paths
    .map((path) => ({ path, label: labelOf(path), one: one[path], other: other[path], same: one[path] === other[path] }))
    .sort((a, b) => Number(a.same) - Number(b.same) || rank(a.path) - rank(b.path) || a.path.localeCompare(b.path));
}

export function labelOf(path) {
  return LABELS[path] ?? path.split(".").at(-1).replaceAll("_", " ");
}

/**
 * Lines of two texts beside one another: [[line or null, line or null, same]], by the longest common subsequence
 * (Hunt and McIlroy, "An Algorithm for Differential File Comparison", 1976).
 */
export function linesBeside(one, other) {
  const [a, b] = [one.split("\n"), other.split("\n")];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  }
  const rows = [];
  const [left, right] = [[], []];
  const flush = () => {
    for (let at = 0; at < Math.max(left.length, right.length); at += 1) rows.push([left[at] ?? null, right[at] ?? null, false]);
    left.length = right.length = 0;
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      flush();
      rows.push([a[i], b[j], true]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) left.push(a[i++]);
    else right.push(b[j++]);
  }
  flush();
  return rows;
}

/** What the studio's fields ask for, as requests of docs/PROTOCOL.md: pure functions, so that they can be tested without a page. */

import { Problem } from "../problem.js";
import { EDIT, SAMPLING, hasDefaultsOfScreen, knows } from "./controls.js";
import { asJobs, readSeeds } from "./seeds.js";

const RATE = 48_000;
const RANDOM_SECONDS = [30, 240];

/** `oss_steps` as typed: rising whole numbers. */
export function readSteps(text) {
  const steps = text.split(/[\s,;]+/).filter(Boolean).map(Number);
  const isRising = steps.every((step, at) => Number.isInteger(step) && step >= 1 && (at === 0 || step > steps[at - 1]));
  if (isRising) return steps;
  throw new Problem({ code: "bad_request", message: "The OSS steps cannot be used.", hint: "Write rising whole numbers, separated by commas: 16, 29, 52, 96." });
}

/**
 * The field `sampling`: what the backend knows. A backend with defaults of its own gets only what was changed (`touched`),
 * ACE-Step v1 everything as the screen shows it.
 */
export function samplingOf(values, capabilities, { touched = new Set(), task = "generate" } = {}) {
  const sampling = {};
  const all = hasDefaultsOfScreen(capabilities);
  for (const control of task === "edit" ? [...SAMPLING, ...EDIT] : SAMPLING) {
    const { name, kind } = control;
    if (!knows(capabilities, name) || !(all || touched.has(name))) continue;
    const value = values[name];
    if (kind === "steps") {
      const steps = readSteps(String(value ?? ""));
      if (steps.length) sampling[name] = steps;
    } else if (value !== undefined && value !== null && value !== "") sampling[name] = value;
  }
  for (const name of ["batch", "compatible"]) if (sampling[name] === false) delete sampling[name];
  return sampling;
}

/** Fields that every composition has. `form` is what the page holds (see form.js). */
export function compositionOf(form, capabilities, task = "generate") {
  const sings = !capabilities || capabilities.lyrics;
  const fields = {
    backend: form.backend,
    tags: form.tags,
    lyrics: sings ? form.lyrics : "",
    language: knows(capabilities, "language") ? form.language : "",
    sampling: samplingOf(form.values, capabilities, { touched: form.touched, task }),
    loras: knows(capabilities, "loras") && form.lora ? [{ path: `lora:${form.lora}`, weight: form.loraWeight }] : [],
    music: musicOf(form),
    project: form.project,
    sample_format: form.sampleFormat,
    draft: knows(capabilities, "draft") && form.draft,
    preview: knows(capabilities, "preview") && form.preview,
  };
  return withoutDefaults(fields);
}

/** Tempo, meter, key and chords, where somebody wrote them. */
function musicOf({ bpm, meter, key, chords }) {
  const music = {};
  if (bpm) music.bpm = Number(bpm);
  if (meter && meter !== "4/4") music.meter = meter;
  if (key) music.key = key;
  if (chords) music.chords = chords;
  return music;
}

/** Without what is empty: the protocol leaves out what is at its default, and the journal stays readable. */
export function withoutDefaults(fields) {
  const isEmpty = (value) => value === "" || value === false || value === undefined || value === null
    || (Array.isArray(value) && !value.length) || (typeof value === "object" && value && !Array.isArray(value) && !Object.keys(value).length);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

/** Seconds of a source as a span, in whole samples; `offset` is where the source begins. Throws a Problem where it is empty or leaves the source. */
export function spanOf(start, end, { rate, frames, offset = 0 }) {
  const [first, last] = [Math.round(start * rate), Math.min(frames ?? Infinity, Math.round(end * rate))];
  if (first >= 0 && last > first) return { start: offset + first, end: offset + last, rate };
  throw new Problem({ code: "bad_span", message: "The range is empty or lies outside the audio.", hint: "Choose an end that comes after the start, inside the audio." });
}

/** How long the music shall be: as asked, or a random length as on ACE-Step's screen, and no longer than the backend can. */
export function secondsOf(duration, capabilities, random = Math.random) {
  const longest = capabilities?.max_seconds ?? RANDOM_SECONDS[1];
  if (duration > 0) return duration;
  const [low, high] = [Math.min(RANDOM_SECONDS[0], longest), Math.min(RANDOM_SECONDS[1], longest)];
  return low + (high - low) * random();
}

/** The jobs of the left column: text2music, with a reference where audio2audio is on. `region` of a DAW: fill that instead of a length. */
export function generations(form, capabilities, { random = Math.random, region = null } = {}) {
  const span = region ? region.span : spanOf(0, secondsOf(form.duration, capabilities, random), { rate: RATE });
  const fields = { ...compositionOf(form, capabilities), span, ...(region ? { timeline: region.timeline, project: `region:${region.id}` } : {}) };
  if (form.audio2audio && knows(capabilities, "reference")) {
    if (!form.reference) {
      throw new Problem({ code: "bad_request", message: "Audio2Audio has no reference audio.", hint: "Upload a file, or switch Audio2Audio off." });
    }
    Object.assign(fields, { reference: { path: form.reference }, reference_strength: form.referenceStrength });
  }
  return jobs("generate", fields, form.seeds, form.variants);
}

/** A variation of a take, with all that the take was made with. */
export function retakes({ take, variance, seeds }, form) {
  return jobs("retake", withoutDefaults({ take: reference(take), backend: take.backend, project: form.project, sample_format: form.sampleFormat, variance }), seeds, form.variants);
}

/** Start and end in seconds of the source; the take is all of the source with the new part in it. `variance` is the protocol's `strength`. */
export function repaints({ source, variance, start, end, seeds }, form, capabilities) {
  const span = spanOf(start, end, source);
  const fields = { ...onSource(source, form, capabilities, { task: "repaint", span }), span, strength: variance, form: source.isRegion ? "region" : "whole" };
  return jobs("repaint", fields, seeds, form.variants);
}

/** `tags` and `lyrics` empty: those of the left column. What was there before is said as well: the model edits from one to the other. */
export function edits({ source, mode, tags, lyrics, seeds, start = 0, end = Infinity }, form, capabilities) {
  const span = spanOf(start, Math.min(end, source.frames / source.rate), source);
  const fields = {
    ...onSource(source, form, capabilities, { task: "edit", span }),
    mode,
    span,
    ...withoutDefaults({ tags: tags || form.tags, lyrics: lyrics || form.lyrics, source_tags: source.tags ?? "", source_lyrics: source.lyrics ?? "" }),
  };
  if (capabilities && !capabilities.lyrics) delete fields.lyrics;
  return jobs("edit", fields, seeds, form.variants);
}

/** Seconds of new music to the left and to the right of all of the source. */
export function extensions({ source, left, right, seeds }, form, capabilities) {
  const lengths = withoutDefaults({ left: Math.round(left * source.rate) || "", right: Math.round(right * source.rate) || "" });
  if (!Object.keys(lengths).length) {
    throw new Problem({ code: "bad_request", message: "There is nothing to extend by.", hint: "Give a length to the left or to the right." });
  }
  const span = spanOf(0, source.frames / source.rate, source);
  const fields = { ...onSource(source, form, capabilities, { task: "extend", span }), ...lengths, span, form: source.isRegion ? "region" : "whole" };
  return jobs("extend", fields, seeds, form.variants);
}

/** As on ACE-Step's screen: a take brings the LoRAs that it was made with, an upload has none. A range of a timeline stays where it is. */
function onSource(source, form, capabilities, { task, span }) {
  const { loras: _, ...fields } = compositionOf(form, capabilities, task);
  const loras = knows(capabilities, "loras") && source.loras?.length ? { loras: source.loras } : {};
  const timeline = Number.isInteger(source.timeline) ? source.timeline + span.start - (source.offset ?? 0) : -1;
  return {
    ...fields, ...loras, source: { path: source.reference },
    ...(source.project ? { project: source.project } : {}), ...(timeline >= 0 ? { timeline } : {}),
  };
}

function reference(take) {
  return `take:${take.job}/${take.number}`;
}

function jobs(request, fields, seeds, variants) {
  return asJobs(readSeeds(seeds ?? ""), variants).map((run) => ({ request, ...fields, ...run }));
}

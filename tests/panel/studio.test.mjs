/** From the studio's fields to requests of the protocol. */

import assert from "node:assert/strict";
import { test } from "node:test";

const { ADVANCED, BASIC, defaults } = await import(`${process.env.PANEL_JS}/studio/controls.js`);
const requests = await import(`${process.env.PANEL_JS}/studio/requests.js`);
const { lorasOf } = await import(`${process.env.PANEL_JS}/studio/takes.js`);
const { asJobs, readSeeds } = await import(`${process.env.PANEL_JS}/studio/seeds.js`);

const V1 = {
  backend: "ace-step-v1", lyrics: true, max_seconds: 600, tasks: ["generate", "repaint", "extend", "edit", "retake"],
  settings: [...BASIC, ...ADVANCED].map((control) => control.name).concat(["edit_n_min", "edit_n_max", "batch", "compatible", "loras", "reference", "preview", "language"]),
};
const SKETCH = { backend: "sketch", lyrics: false, max_seconds: 20, tasks: ["generate"], settings: ["language"] };
const TURBO = { backend: "turbo", lyrics: true, max_seconds: 600, tasks: ["generate"], settings: ["infer_step", "guidance_scale", "draft"] };
const form = (more = {}) => ({
  backend: "", tags: "lofi", lyrics: "[verse]\nla", language: "en", values: defaults(), touched: new Set(), lora: "", loraWeight: 1, bpm: "", meter: "4/4", key: "",
  chords: "", project: "", sampleFormat: "", draft: false, preview: false, duration: 10, seeds: "", variants: 1, audio2audio: false, reference: "",
  referenceStrength: 0.5, ...more,
});
const TAKE = { reference: "take:0000aaaa-generate/1", rate: 44100, frames: 441000, tags: "old", lyrics: "[verse]\nwas", loras: [{ path: "lora:rap", weight: 0.5 }] };

test("names, ranges and defaults are those of ACE-Step's screen", () => {
  const table = Object.fromEntries([...BASIC, ...ADVANCED].map(({ label, min, max, step, options, value }) => [label, options ?? [min, max, step, value]]));
  assert.deepEqual(table["Infer Steps"], [1, 200, 1, 60]);
  assert.deepEqual(table["Guidance Scale"], [0, 30, 0.1, 15]);
  assert.deepEqual(table["Guidance Scale Lyric"], [0, 10, 0.1, 0]);
  assert.deepEqual(table["Granularity Scale"], [-100, 100, 0.1, 10]);
  assert.deepEqual(table["Guidance Interval"], [0, 1, 0.01, 0.5]);
  assert.deepEqual(table["Min Guidance Scale"], [0, 200, 0.1, 3]);
  assert.deepEqual([...table["Scheduler Type"]].sort(), ["euler", "heun", "pingpong"]);
  assert.deepEqual([...table["CFG Type"]].sort(), ["apg", "cfg", "cfg_star"]);
  const { use_erg_tag, use_erg_lyric, use_erg_diffusion, scheduler_type, cfg_type, edit_n_min, edit_n_max } = defaults();
  assert.deepEqual([use_erg_tag, use_erg_lyric, use_erg_diffusion, scheduler_type, cfg_type, edit_n_min, edit_n_max], [true, false, true, "euler", "apg", 0.6, 1]);
});

test("ACE-Step v1 gets all settings as they are shown, and what is off stays away", () => {
  const [request] = requests.generations(form(), V1);
  assert.equal(request.request, "generate");
  assert.deepEqual(request.span, { start: 0, end: 480000, rate: 48000 });
  assert.equal(request.sampling.infer_step, 60);
  assert.equal(request.sampling.use_erg_lyric, false);
  assert.equal("oss_steps" in request.sampling, false);
  assert.equal("edit_n_min" in request.sampling, false);
  assert.equal("compatible" in request.sampling, false);
  assert.equal(request.lyrics, "[verse]\nla");
});

test("a backend with defaults of its own gets only what was changed", () => {
  assert.equal("sampling" in requests.generations(form(), TURBO)[0], false);
  const [changed] = requests.generations(form({ values: { ...defaults(), infer_step: 8, omega_scale: 3 }, touched: new Set(["infer_step", "omega_scale"]) }), TURBO);
  assert.deepEqual(changed.sampling, { infer_step: 8 });
});

test("what a backend does not know is not sent", () => {
  const [request] = requests.generations(form({ lora: "rap", audio2audio: true, reference: "upload:1", draft: true, preview: true }), SKETCH);
  for (const name of ["sampling", "loras", "reference", "draft", "preview", "lyrics"]) assert.equal(name in request, false, name);
  assert.equal(request.language, "en");
});

test("-1 seconds is a random length that the backend can do", () => {
  assert.equal(requests.secondsOf(-1, V1, () => 0), 30);
  assert.equal(requests.secondsOf(-1, V1, () => 1), 240);
  assert.equal(requests.secondsOf(-1, SKETCH, () => 1), 20);
  assert.equal(requests.secondsOf(12.5, V1), 12.5);
});

test("audio2audio, LoRA and music", () => {
  const [request] = requests.generations(form({ audio2audio: true, reference: "upload:7", referenceStrength: 0.25, lora: "rap", loraWeight: -0.5, bpm: "90", meter: "6/8", key: "D minor" }), V1);
  assert.deepEqual(request.reference, { path: "upload:7" });
  assert.equal(request.reference_strength, 0.25);
  assert.deepEqual(request.loras, [{ path: "lora:rap", weight: -0.5 }]);
  assert.deepEqual(request.music, { bpm: 90, meter: "6/8", key: "D minor" });
  assert.throws(() => requests.generations(form({ audio2audio: true }), V1), { code: "bad_request" });
});

test("seeds: what counts up is one job, the rest are several", () => {
  assert.deepEqual(asJobs(readSeeds("1, 2,3 9"), 1), [{ seed: 1, variants: 3 }, { seed: 9, variants: 1 }]);
  assert.deepEqual(asJobs([], 3), [{ variants: 3 }]);
  assert.deepEqual(asJobs([5], 3), [{ seed: 5, variants: 3 }]);
  assert.deepEqual(asJobs(Array.from({ length: 10 }, (_, at) => at), 1), [{ seed: 0, variants: 8 }, { seed: 8, variants: 2 }]);
  assert.throws(() => readSeeds("1, two"), { code: "bad_request" });
  assert.equal(requests.generations(form({ seeds: "4, 8" }), V1).length, 2);
});

test("repaint counts in samples of its source and keeps to it", () => {
  const [request] = requests.repaints({ source: TAKE, variance: 0.2, start: 1, end: 30, seeds: "7" }, form(), V1);
  assert.deepEqual(request.span, { start: 44100, end: 441000, rate: 44100 });
  assert.deepEqual(request.source, { path: "take:0000aaaa-generate/1" });
  assert.equal(request.strength, 0.2);
  assert.equal(request.seed, 7);
  assert.deepEqual(request.loras, TAKE.loras);
  assert.throws(() => requests.repaints({ source: TAKE, variance: 0.2, start: 12, end: 30, seeds: "" }, form(), V1), { code: "bad_span" });
});

test("edit says what was there and what shall be; empty fields are those of the left", () => {
  const [request] = requests.edits({ source: TAKE, mode: "remix", tags: "", lyrics: "[verse]\nnew", seeds: "" }, form(), V1);
  assert.deepEqual([request.tags, request.lyrics, request.source_tags, request.source_lyrics, request.mode], ["lofi", "[verse]\nnew", "old", "[verse]\nwas", "remix"]);
  assert.deepEqual([request.sampling.edit_n_min, request.sampling.edit_n_max], [0.6, 1]);
});

test("extend to both sides of the whole source, and never by nothing", () => {
  const [request] = requests.extensions({ source: { ...TAKE, loras: [] }, left: 0, right: 30, seeds: "" }, form({ lora: "rap" }), V1);
  assert.deepEqual([request.left, request.right, request.span.end], [undefined, 30 * 44100, 441000]);
  assert.equal("loras" in request, false);
  assert.throws(() => requests.extensions({ source: TAKE, left: 0, right: 0, seeds: "" }, form(), V1), { code: "bad_request" });
});

test("retake varies a take", () => {
  const take = { job: "0000aaaa-generate", number: 2, backend: "sketch" };
  assert.deepEqual(requests.retakes({ take, variance: 0.2, seeds: "3" }, form()), [{ request: "retake", take: "take:0000aaaa-generate/2", backend: "sketch", variance: 0.2, seed: 3, variants: 1 }]);
});

test("a take brings its LoRAs in the words of the protocol, as far as they can still be had", () => {
  const loras = [{ path: "lora:rap", name: "rap", weight: 0.5 }, { path: "", name: "gone" }, { path: "lora:choir", name: "choir" }];
  assert.deepEqual(lorasOf({ loras }), [{ path: "lora:rap", weight: 0.5 }, { path: "lora:choir", weight: 1 }]);
  assert.deepEqual(lorasOf({}), []);
});

test("OSS steps rise", () => {
  assert.deepEqual(requests.readSteps("16, 29, 52"), [16, 29, 52]);
  for (const text of ["5, 3", "1.5", "a"]) assert.throws(() => requests.readSteps(text), { code: "bad_request" });
});

/** All that the studio's fields hold, kept by the browser between visits. Rings the name of what was changed. */

import { Bell } from "../bell.js";
import { DURATION, LORA_WEIGHT, STRENGTH, TAGS, defaults } from "./controls.js";

const KEY = "dawbridge.studio";

export function emptyForm() {
  return {
    backend: "", tags: TAGS, lyrics: "", language: "", duration: DURATION.value, format: "wav", sampleFormat: "", values: defaults(), touched: new Set(),
    seeds: "", variants: 1, audio2audio: false, reference: "", referenceName: "", referenceStrength: STRENGTH.value, lora: "", loraWeight: LORA_WEIGHT.value,
    bpm: "", meter: "4/4", key: "", chords: "", project: "", draft: false, preview: false, preset: "",
  };
}

export class Form extends Bell {
  values = {};
  #storage;

  constructor(storage = globalThis.localStorage) {
    super();
    this.#storage = storage;
    Object.assign(this, emptyForm(), this.#read());
  }

  /** A field of the left column. */
  set(name, value) {
    this[name] = value;
    this.#keep();
    this.ring("changed", name);
  }

  /** A setting of `sampling`; from now on it is sent to every backend that knows it. */
  setSetting(name, value) {
    this.values = { ...this.values, [name]: value };
    this.touched.add(name);
    this.#keep();
    this.ring("changed", name);
  }

  /** Many fields at once, e.g. those of an example or of an earlier take; rings "loaded". */
  load(fields) {
    Object.assign(this, fields);
    this.#keep();
    this.ring("loaded", this);
  }

  /** All settings as ACE-Step's screen shows them at first; words and files stay. */
  resetSettings() {
    this.load({ values: defaults(), touched: new Set() });
  }

  #read() {
    try {
      const kept = JSON.parse(this.#storage?.getItem(KEY) ?? "null");
      if (!kept) return { isNew: true };
      return { ...kept, values: { ...defaults(), ...kept.values }, touched: new Set(kept.touched ?? []), isNew: false };
    } catch (error) {
      console.debug("form: cannot be read", error);
      return { isNew: true };
    }
  }

  #keep() {
    const kept = Object.fromEntries(Object.keys(emptyForm()).map((name) => [name, name === "touched" ? [...this.touched] : this[name]]));
    try {
      this.#storage?.setItem(KEY, JSON.stringify(kept));
    } catch (error) {
      console.debug("form: not kept in this window", error);
    }
  }
}

/** The fields of a form that make an earlier take again: `told` is what `/api/takes/JOB/N` says. Missing ones are at their default. */
export function formOf(told) {
  const { rendered, line } = told;
  const sampling = rendered.sampling ?? {};
  const values = { ...defaults(), ...sampling, oss_steps: (sampling.oss_steps ?? []).join(", ") };
  const [lora] = rendered.loras ?? [];
  const span = rendered.span;
  return {
    backend: line.backend,
    tags: rendered.tags ?? "",
    lyrics: rendered.lyrics ?? "",
    language: rendered.language ?? "",
    duration: span ? (span.end - span.start) / span.rate : DURATION.value,
    values,
    touched: new Set(Object.keys(sampling)),
    seeds: String(line.seed),
    variants: 1,
    lora: String(lora?.path ?? "").replace(/^lora:/, ""),
    loraWeight: lora?.weight ?? LORA_WEIGHT.value,
    audio2audio: Boolean(rendered.reference),
    reference: rendered.reference?.path ?? "",
    referenceName: rendered.reference ? "that of the take" : "",
    referenceStrength: rendered.reference_strength ?? STRENGTH.value,
    bpm: rendered.music?.bpm ?? "",
    meter: rendered.music?.meter ?? "4/4",
    key: rendered.music?.key ?? "",
    chords: rendered.music?.chords ?? "",
    draft: Boolean(rendered.draft),
    preset: "",
  };
}

/** The fields that an example of `/api/presets` fills in. */
export function formOfExample(example) {
  return {
    tags: example.tags, lyrics: example.lyrics ?? "", language: example.language ?? "", bpm: example.bpm ?? "", meter: example.meter ?? "4/4", key: example.key ?? "",
    duration: example.seconds ?? DURATION.value, preset: "",
  };
}

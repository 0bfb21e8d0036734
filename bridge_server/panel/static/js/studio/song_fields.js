/** The left column: what ACE-Step's screen has there, with the same names, and what Dawbridge knows beside it. */

import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { languageOptions, COUNTED } from "../lyrics/languages.js";
import { ADVANCED, BASIC, DURATION, FORMATS, FURTHER, LORA_WEIGHT, STRENGTH, hasDefaultsOfScreen, knows } from "./controls.js";
import { rangeField, selectField, settingField, textField, tickField } from "./controls_view.js";

const METERS = ["4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8", "9/8", "2/2"];
const KEYS = ["C", "C#", "Db", "D", "D#", "Eb", "E", "F", "F#", "Gb", "G", "G#", "Ab", "A", "A#", "Bb", "B"].flatMap((tone) => [`${tone} major`, `${tone} minor`]);
const LYRICS_HINT = "Headings in brackets: [verse], [chorus], [bridge]; [instrumental] or [inst] where nobody sings. A line may begin with its language: [de].";

/** Builds the fields once; `show(capabilities, lists)` hides what the backend does not know. */
export class SongFields {
  #form;
  #fields = {};
  #settings = [];

  constructor(form, { onUpload, onSample }) {
    this.#form = form;
    this.element = h("div.stack.studio-song", {}, this.#top(onSample), this.#audio(onUpload), this.#words(), this.#accordions());
    form.on("loaded", () => this.put());
  }

  #field(name, make, given) {
    const field = make({ ...given, value: this.#form[name] }, (value) => this.#form.set(name, value));
    this.#fields[name] = field;
    return field;
  }

  #top(onSample) {
    const sample = h("button", { type: "button", title: "Fill in a random example", onclick: onSample }, icon("again"), "Sample");
    return h("div.stack", {},
      this.#field("backend", selectField, { label: "Made by", options: [["", "the default"]] }),
      this.#field("duration", rangeField, { label: "Audio Duration", unit: "s", ...DURATION }),
      h("div.studio-pair", {},
        this.#field("format", selectField, { label: "Format", options: FORMATS.map((format) => [format, format]), remark: "of saved files" }),
        h("div.field", {}, h("span.label", { "aria-hidden": "true" }, "\u00a0"), sample)));
  }

  #audio(onUpload) {
    const file = h("input", { type: "file", accept: "audio/*", "aria-label": "Reference Audio (for Audio2Audio)", onchange: () => onUpload(file.files[0]) });
    this.referenceName = h("span.small.quiet");
    this.reference = h("div.stack.studio-inset", { hidden: true }, file, this.referenceName,
      this.#field("referenceStrength", rangeField, { label: "Refer audio strength", ...STRENGTH, remark: "0: hardly follow it; 1: the reference itself" }));
    this.loras = h("div.studio-pair", {},
      this.#field("lora", selectField, { label: "Lora Name or Path", options: [["", "none"]] }),
      this.#field("loraWeight", rangeField, { label: "Lora weight", ...LORA_WEIGHT }));
    this.audio2audio = this.#field("audio2audio", tickField, { label: "Enable Audio2Audio" });
    return h("div.stack", {}, this.audio2audio, this.reference, this.loras);
  }

  #words() {
    return h("div.stack", {},
      this.#field("preset", selectField, { label: "Preset", options: [["", "Custom"]] }),
      this.#field("tags", textField, { label: "Tags", rows: 3, remark: "style, mood and instruments, separated by commas" }),
      this.#field("lyrics", textField, { label: "Lyrics", rows: 11, remark: LYRICS_HINT }),
      this.#field("language", selectField, { label: "Language of the lyrics", options: languageOptions([...COUNTED], "found out line by line") }));
  }

  #accordions() {
    const settings = (controls) => controls.map((control) => {
      const element = settingField(control, this.#form.values[control.name], (value) => this.#form.setSetting(control.name, value));
      this.#settings.push({ control, element });
      return element;
    });
    const seeds = this.#field("seeds", textField, { label: "manual seeds", placeholder: "1,2,3,4", remark: "empty for random ones" });
    const reset = h("button.small", { type: "button", onclick: () => this.#form.resetSettings() }, icon("restore"), "Back to the defaults");
    this.#own = h("p.small.quiet", { hidden: true }, "This backend chooses for itself what you leave alone; the values shown are ACE-Step v1's.");
    this.#basic = accordion("Basic Settings", this.#own, settings(BASIC), this.#field("variants", rangeField, { label: "Variants", min: 1, max: 8, step: 1, remark: "takes, each with a seed of its own" }), seeds);
    this.#advanced = accordion("Advanced Settings", settings(ADVANCED), settings(FURTHER), reset);
    this.#music = accordion("Tempo and key",
      this.#field("bpm", textField, { label: "Tempo (bpm)", placeholder: "as the tags say" }),
      h("div.studio-pair", {},
        this.#field("meter", selectField, { label: "Meter", options: METERS.map((meter) => [meter, meter]) }),
        this.#field("key", selectField, { label: "Key", options: [["", "open"], ...KEYS.map((key) => [key, key])] })),
      this.#field("chords", textField, { label: "Chords", placeholder: "Am | F G | C", remark: "where the backend follows them" }));
    this.#place = accordion("Where it goes",
      this.#field("project", selectField, { label: "Project", options: [["", "no project: your Dawbridge folder"]] }),
      this.#field("sampleFormat", selectField, { label: "Samples", options: [["", "24 bit"], ["float32", "32 bit float"]] }),
      this.#field("draft", tickField, { label: "Draft: few steps, to hear sooner what it will be" }),
      this.#field("preview", tickField, { label: "Preview: hear half-way where it is going" }));
    return h("div.stack", {}, this.#basic, this.#advanced, this.#music, this.#place);
  }

  #own;
  #basic;
  #advanced;
  #music;
  #place;

  /** Bring all fields to what the form holds, e.g. after an example was loaded. */
  put() {
    for (const [name, field] of Object.entries(this.#fields)) field.put(this.#form[name]);
    for (const { control, element } of this.#settings) element.put(this.#form.values[control.name]);
    this.showReference();
  }

  showReference() {
    const { form } = { form: this.#form };
    this.reference.hidden = !form.audio2audio || this.audio2audio.hidden;
    replace(this.referenceName, form.reference ? `Reference: ${form.referenceName || form.reference}` : "No file yet.");
  }

  /** `lists`: { backends, loras, presets, projects } as the server tells them. */
  show(capabilities, { backends = [], loras = [], presets = [], projects = [] }, defaultBackend) {
    const fields = this.#fields;
    fields.backend.offer([["", defaultBackend ? `the default: ${defaultBackend}` : "the default"], ...backends.map((one) => [one.backend, one.backend])]);
    fields.lora.offer([["", "none"], ...loras.map(({ name }) => [name, name])]);
    fields.preset.offer([["", "Custom"], ...presets.map(({ name }) => [name, name])]);
    fields.project.offer([["", "no project: your Dawbridge folder"], ...projects.map(({ id, name }) => [`project:${id}`, name])]);
    if (capabilities?.languages?.length) fields.language.offer(languageOptions(capabilities.languages, "found out line by line"));
    for (const { control, element } of this.#settings) element.hidden = !knows(capabilities, control.name);
    this.#own.hidden = hasDefaultsOfScreen(capabilities) || !BASIC.some(({ name }) => knows(capabilities, name));
    this.#advanced.hidden = ![...ADVANCED, ...FURTHER].some(({ name }) => knows(capabilities, name));
    this.loras.hidden = !knows(capabilities, "loras");
    this.audio2audio.hidden = !knows(capabilities, "reference");
    const sings = !capabilities || capabilities.lyrics;
    fields.lyrics.hidden = !sings;
    fields.language.hidden = !sings || !knows(capabilities, "language");
    fields.draft.hidden = !knows(capabilities, "draft");
    fields.preview.hidden = !knows(capabilities, "preview");
    this.showReference();
  }
}

function accordion(name, ...children) {
  return h("details.studio-more", {}, h("summary", {}, h("h3", {}, name)), h("div.stack", {}, ...children));
}

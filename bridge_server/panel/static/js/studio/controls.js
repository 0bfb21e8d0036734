/** Every setting of ACE-Step's own screen, with its name, range and default, and what the protocol calls it. */

const range = (name, label, [min, max, step], value, remark) => ({ name, label, kind: "range", min, max, step, value, remark });
const one = (name, label, options, remark) => ({ name, label, kind: "one", options, value: options[0], remark });
const tick = (name, label, value, remark) => ({ name, label, kind: "tick", value, remark });

/** What lies in the accordion "Basic Settings". `name` is that of the protocol's `sampling`. */
export const BASIC = [
  range("infer_step", "Infer Steps", [1, 200, 1], 60, "more is finer and slower"),
  range("guidance_scale", "Guidance Scale", [0, 30, 0.1], 15, "how closely tags and lyrics are followed"),
  range("guidance_scale_text", "Guidance Scale Text", [0, 10, 0.1], 0, "with the one for lyrics above 1: for the tags alone"),
  range("guidance_scale_lyric", "Guidance Scale Lyric", [0, 10, 0.1], 0, "with the one for text above 1: for the lyrics alone"),
];

/** What lies in the accordion "Advanced Settings". */
export const ADVANCED = [
  one("scheduler_type", "Scheduler Type", ["euler", "heun", "pingpong"], "heun takes twice as long"),
  one("cfg_type", "CFG Type", ["apg", "cfg", "cfg_star"], "the kind of guidance"),
  tick("use_erg_tag", "use ERG for tag", true, "guide away from weakened tags instead of none"),
  tick("use_erg_lyric", "use ERG for lyric", false, "guide away from weakened lyrics instead of none"),
  tick("use_erg_diffusion", "use ERG for diffusion", true, "guide away from weakened attention"),
  range("omega_scale", "Granularity Scale", [-100, 100, 0.1], 10, "higher is more of everything, and may be too much"),
  range("guidance_interval", "Guidance Interval", [0, 1, 0.01], 0.5, "share of the steps, around the middle, that are guided"),
  range("guidance_interval_decay", "Guidance Interval Decay", [0, 1, 0.01], 0, "how far guidance falls to its minimum meanwhile"),
  range("min_guidance_scale", "Min Guidance Scale", [0, 200, 0.1], 3, "that minimum"),
  { name: "oss_steps", label: "OSS Steps", kind: "steps", value: "", placeholder: "16, 29, 52, 96, 129, 158, 172, 183, 189, 200",
    remark: "which steps of a longer schedule are taken; replaces Infer Steps" },
];

/** What Dawbridge knows beside them. */
export const FURTHER = [
  tick("batch", "All variants at once", false, "faster on a GPU"),
  tick("compatible", "As the reference does it", false, "its results, its oddities included"),
];

export const EDIT = [
  range("edit_n_min", "edit_n_min", [0, 1, 0.01], 0.6, "share of the schedule that is skipped: more keeps more of the sound"),
  range("edit_n_max", "edit_n_max", [0, 1, 0.01], 1, "where editing hands over to new music: less changes the melody"),
];

/** What picking an edit type sets, as on ACE-Step's screen. */
export const EDIT_TYPES = { only_lyrics: { edit_n_min: 0.6, edit_n_max: 1 }, remix: { edit_n_min: 0.2, edit_n_max: 0.4 } };

export const DURATION = { min: -1, max: 240, step: 0.00001, value: -1, remark: "-1 means random duration (30 ~ 240)" };
export const FORMATS = ["wav", "flac", "ogg", "mp3"];
export const STRENGTH = { min: 0, max: 1, step: 0.01, value: 0.5 };
export const LORA_WEIGHT = { min: -3, max: 3, step: 0.1, value: 1 };
export const VARIANCE = { min: 0, max: 1, step: 0.01, value: 0.2 };
export const LENGTH = { min: 0, max: 240, step: 0.01 };
export const TAGS = "funk, pop, soul, rock, melodic, guitar, drums, bass, keyboard, percussion, 105 BPM, energetic, upbeat, groovy, vibrant, dynamic";

/** Every control that becomes a field of `sampling` in every task; those of EDIT only in an edit. */
export const SAMPLING = [...BASIC, ...ADVANCED, ...FURTHER];

/** The tabs of the right column and the request that each becomes. */
export const TASKS = { text2music: "generate", retake: "retake", repaint: "repaint", edit: "edit", extend: "extend" };

/** Whether a backend knows a setting; without capabilities (no engine yet) everything is shown. */
export function knows(capabilities, name) {
  return !capabilities || (capabilities.settings ?? []).includes(name);
}

/** Whether the defaults of ACE-Step v1's screen are the backend's own; others choose for themselves what is left alone. */
export function hasDefaultsOfScreen(capabilities) {
  return !capabilities || knows(capabilities, "omega_scale");
}

/** The values of all controls as the screen shows them at first. */
export function defaults() {
  return Object.fromEntries([...SAMPLING, ...EDIT].map((control) => [control.name, control.value]));
}

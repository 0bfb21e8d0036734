/** Times, levels and names as the page writes them. */

export const MINUS = "\u2212";

/** 83.456 → "1:23.46"; negative before the region. */
export function clock(seconds) {
  const hundredths = Math.round(Math.abs(seconds) * 100);
  const rest = (hundredths % 6000) / 100;
  const sign = seconds < 0 && hundredths > 0 ? MINUS : "";
  return `${sign}${Math.floor(hundredths / 6000)}:${rest.toFixed(2).padStart(5, "0")}`;
}

/** Quarter notes in a bar: 4/4 → 4, 6/8 → 3; null where there is no tempo. */
export function beatsOf({ bpm, meter } = {}) {
  if (!bpm) return null;
  const [above, below] = meterOf(meter);
  return { bpm, bar: (above * 4) / below, beat: 4 / below, meter: `${above}/${below}` };
}

function meterOf(meter) {
  if (Array.isArray(meter) && meter.length === 2) return meter;
  const parts = String(meter ?? "4/4").split("/").map(Number);
  return parts.length === 2 && parts.every((number) => number > 0) ? parts : [4, 4];
}

/** Where that is, counted from the bar that the region begins in as bar 1: "3.2"; bars before it are 0, −1, … */
export function barAndBeat(seconds, music) {
  const quarters = (seconds * music.bpm) / 60 + 1e-6;
  const bar = Math.floor(quarters / music.bar);
  const beat = Math.floor((quarters - bar * music.bar) / music.beat);
  return `${bar + 1 < 0 ? MINUS : ""}${Math.abs(bar + 1)}.${beat + 1}`;
}

/** −14.23 → "−14.2"; "–" where there was too little sound to measure. */
export function level(lufs) {
  return Number.isFinite(lufs) ? signed(lufs, false) : "–";
}

export function signed(number, plus = true) {
  const text = Math.abs(number).toFixed(1);
  if (text === "0.0") return plus ? "±0.0" : "0.0";
  return (number < 0 ? MINUS : plus ? "+" : "") + text;
}

const HOSTS = { reaper: "REAPER", ardour: "Ardour", ableton: "Live", live: "Live", max: "Live", m4l: "Live" };

/** How people call the program behind a client's name: "reaper-1" → "REAPER"; "" for the panel and the command line. */
export function hostName(client = "") {
  const word = client.split(/[-_.]/)[0];
  if (["panel", "cli", "dawbridge", "", "tests"].includes(word)) return "";
  return HOSTS[word] ?? client;
}

const TASKS = {
  generate: "New music", repaint: "Repaint", extend: "Extend", edit: "Edit", retake: "Retake", layer: "Layer",
  accompany: "Accompany", separate: "Separate", again: "Again",
};

export function taskName(task = "") {
  return TASKS[task] ?? (task && task[0].toUpperCase() + task.slice(1));
}

const AGO = [[60, 1, "second"], [3600, 60, "minute"], [86_400, 3600, "hour"], [Infinity, 86_400, "day"]];

/** Seconds since 1970 → "5 minutes ago". */
export function ago(created, now = Date.now() / 1000) {
  const passed = Math.max(0, now - created);
  if (passed < 10) return "just now";
  const [, unit, word] = AGO.find(([below]) => passed < below);
  const count = Math.floor(passed / unit);
  return `${count} ${word}${count === 1 ? "" : "s"} ago`;
}

/** Time above the lanes: seconds from the start of the region, bars where the tempo is known, and the play head. */

import { h, replace } from "../dom.js";
import { barAndBeat, beatsOf, clock } from "./format.js";

const STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60];
const LABELS = 9;

/** Where lines go: [{at: 0…1, strong, label}], bars and beats if there is a tempo, else seconds. */
export function gridOf(audition) {
  const { rate, frames, span } = audition;
  const music = beatsOf(audition);
  const zero = music ? firstBar(audition) : span.start;
  const from = -zero / rate;
  const to = (frames - zero) / rate;
  const at = (seconds) => (seconds - from) / (to - from);
  if (!music) return seconds(from, to).map((second) => ({ at: at(second), strong: true, label: clock(second).replace(/\.00$/, "") }));
  const bar = (60 / music.bpm) * music.bar;
  const beat = (60 / music.bpm) * music.beat;
  const every = [1, 2, 4, 8, 16, 32].find((bars) => (to - from) / (bar * bars) <= LABELS * 1.6) ?? 64;
  const lines = [];
  const hasBeats = (to - from) / beat < 90;
  for (let n = Math.ceil(from / beat - 1e-6); n * beat <= to; n += 1) {
    const isBar = Math.abs((n * beat) / bar - Math.round((n * beat) / bar)) < 1e-6;
    const number = Math.round((n * beat) / bar);
    if (isBar || hasBeats) lines.push({ at: at(n * beat), strong: isBar, label: isBar && number % every === 0 ? barAndBeat(n * beat, music).split(".")[0] : "" });
  }
  return lines;
}

/** The frame that bar 1 begins at: the bar line at, or last before, the start of the region. */
export function firstBar(audition) {
  return audition.span.start - (audition.since_bar ?? 0);
}

function seconds(from, to) {
  const step = STEPS.find((one) => (to - from) / one <= LABELS) ?? 120;
  const found = [];
  for (let n = Math.ceil(from / step); n * step <= to; n += 1) found.push(n * step);
  return found;
}

export class Ruler {
  #labels = h("div.ruler-labels");
  #band = h("div.ruler-band");
  /** The line over all lanes; it moves by a transform, so that nothing is laid out or drawn anew. */
  playhead = h("div.playhead", { "aria-hidden": "true" });

  constructor(audition, onSeek) {
    this.audition = audition;
    this.element = h("div.ruler", { title: "Click to play from there" }, this.#band, this.#labels);
    this.element.addEventListener("pointerdown", (event) => onSeek(fractionOf(event, this.element)));
    this.show();
  }

  show() {
    const { frames, span } = this.audition;
    this.#band.style.setProperty("left", `${(100 * span.start) / frames}%`);
    this.#band.style.setProperty("right", `${100 - (100 * span.end) / frames}%`);
    const labels = gridOf(this.audition).filter((line) => line.label !== "");
    replace(this.#labels, labels.map((line) => h("span", { style: { left: `${100 * line.at}%` } }, line.label)));
  }

  move(frame) {
    this.playhead.style.setProperty("transform", `translateX(${((100 * frame) / this.audition.frames).toFixed(3)}%)`);
  }
}

/** How far from the left of an element a pointer is, 0 to 1. */
export function fractionOf(event, element) {
  const box = element.getBoundingClientRect();
  return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
}

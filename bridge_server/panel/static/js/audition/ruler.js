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
  if (!music) {
    const label = (second) => clock(second).replace(/\.00$/, "");
    return seconds(from, to).map((second) => ({ at: at(second), strong: true, label: label(second) }));
  }
  const bar = (60 / music.bpm) * music.bar;
  const beat = (60 / music.bpm) * music.beat;
  const every = [1, 2, 4, 8, 16, 32].find((bars) => (to - from) / (bar * bars) <= LABELS * 1.6) ?? 64;
  const lines = [];
  const hasBeats = (to - from) / beat < 90;
  for (let n = Math.ceil(from / beat - 1e-6); n * beat <= to; n += 1) {
    const isBar = Math.abs((n * beat) / bar - Math.round((n * beat) / bar)) < 1e-6;
    const number = Math.round((n * beat) / bar);
    const label = isBar && number % every === 0 ? barAndBeat(n * beat, music).split(".")[0] : "";
    if (isBar || hasBeats) lines.push({ at: at(n * beat), strong: isBar, label });
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

const DRAG_PIXELS = 4;
const SNAP_PIXELS = 8;

export class Ruler {
  #labels = h("div.ruler-labels");
  #band = h("div.ruler-band");
  #own = h("div.ruler-own", { hidden: true });
  #grid = [];
  /** The line over all lanes; it moves by a transform, so that nothing is laid out or drawn anew. */
  playhead = h("div.playhead", { "aria-hidden": "true" });

  /** `onSeek(fraction)` after a click, `onSelect({start, end})` in frames while it is dragged over. */
  constructor(audition, onSeek, onSelect) {
    this.audition = audition;
    const title = "Click to play from there; drag to loop a part";
    this.element = h("div.ruler", { title }, this.#band, this.#own, this.#labels);
    this.element.addEventListener("pointerdown", (down) => this.#drag(down, onSeek, onSelect));
    this.show();
  }

  show() {
    const { frames, span } = this.audition;
    cover(this.#band, span, frames);
    this.#grid = gridOf(this.audition);
    const labels = this.#grid.filter((line) => line.label !== "");
    replace(this.#labels, labels.map((line) => h("span", { style: { left: `${100 * line.at}%` } }, line.label)));
  }

  showSelection(span) {
    this.#own.hidden = !span;
    if (span) cover(this.#own, span, this.audition.frames);
  }

  move(frame) {
    this.playhead.style.setProperty("transform", `translateX(${((100 * frame) / this.audition.frames).toFixed(3)}%)`);
  }

  #drag(down, onSeek, onSelect) {
    const { frames } = this.audition;
    const from = this.#snapped(down);
    let isDrag = false;
    this.element.setPointerCapture(down.pointerId);
    const move = (event) => {
      isDrag ||= Math.abs(event.clientX - down.clientX) > DRAG_PIXELS;
      if (isDrag) onSelect({ start: from * frames, end: this.#snapped(event) * frames });
    };
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("pointerup", () => {
      this.element.removeEventListener("pointermove", move);
      if (!isDrag) onSeek(fractionOf(down, this.element));
    }, { once: true });
  }

  /** A line of the grid that is near pulls, unless Shift is held. */
  #snapped(event) {
    const at = fractionOf(event, this.element);
    if (event.shiftKey) return at;
    const near = SNAP_PIXELS / this.element.clientWidth;
    const line = this.#grid.find((one) => Math.abs(one.at - at) <= near);
    return line ? line.at : at;
  }
}

function cover(element, { start, end }, frames) {
  element.style.setProperty("left", `${(100 * start) / frames}%`);
  element.style.setProperty("right", `${100 - (100 * end) / frames}%`);
}

/** How far from the left of an element a pointer is, 0 to 1. */
export function fractionOf(event, element) {
  const box = element.getBoundingClientRect();
  return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
}

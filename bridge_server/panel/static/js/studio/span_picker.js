/** Start and end on a waveform: two handles to drag or to move with the arrow keys, and the same as numbers. */

import { h, replace } from "../dom.js";
import { clock } from "../audition/format.js";
import { commonScale, Waveform } from "../draw/waveform.js";
import { loadPeaks } from "../draw/peaks.js";

const COLUMNS = 1200;
const STEP = 0.1;

/** `onPick({ start, end })` in seconds, after a hand moved one of them. */
export class SpanPicker {
  start = 0;
  end = 30;
  #seconds = 0;
  #onPick;
  #signal;
  #dragging = "";

  constructor(onPick, signal) {
    this.#onPick = onPick;
    this.#signal = signal;
    this.canvas = h("canvas.span-wave", { "aria-hidden": "true" });
    this.handles = { start: this.#handle("start", "Start"), end: this.#handle("end", "End") };
    this.said = h("p.small.quiet.span-said");
    this.stage = h("div.span-stage", {}, this.canvas, this.handles.start, this.handles.end);
    this.element = h("div.span-picker", {}, this.stage, this.said);
    this.wave = new Waveform(this.canvas, signal);
    this.stage.addEventListener("pointerdown", (event) => this.#press(event));
    this.stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"]) this.stage.addEventListener(kind, () => { this.#dragging = ""; });
  }

  #handle(name, label) {
    return h("div.span-handle", { class: `is-${name}`, role: "slider", tabindex: "0", "aria-label": label, "aria-valuemin": "0", "aria-orientation": "horizontal", onkeydown: (event) => this.#key(event, name) });
  }

  /** Another source: its length and its waveform. */
  async open(source) {
    this.#seconds = source?.seconds ?? 0;
    this.stage.hidden = !source;
    this.put({ start: Math.min(this.start, this.#seconds), end: Math.min(this.end, this.#seconds || this.end) });
    if (!source?.peaks) return;
    const peaks = await loadPeaks(source.peaks, COLUMNS, this.#signal);
    this.wave.show({ layers: [{ peaks, colour: "--wave" }], grid: [] }, commonScale([peaks]));
  }

  /** Show these seconds, without telling. */
  put({ start = this.start, end = this.end }) {
    this.start = start;
    this.end = end;
    const at = (seconds) => (this.#seconds ? Math.max(0, Math.min(1, seconds / this.#seconds)) : 0);
    for (const [name, seconds] of [["start", start], ["end", end]]) {
      this.handles[name].style.setProperty("left", `${100 * at(seconds)}%`);
      this.handles[name].setAttribute("aria-valuemax", String(this.#seconds));
      this.handles[name].setAttribute("aria-valuenow", String(Number(seconds.toFixed(2))));
      this.handles[name].setAttribute("aria-valuetext", clock(seconds));
    }
    this.wave.show({ region: { from: at(start), to: at(end) } });
    replace(this.said, this.#seconds ? `${clock(start)} to ${clock(Math.min(end, this.#seconds))} of ${clock(this.#seconds)}` : "");
  }

  #set(name, seconds) {
    const given = Math.round(Math.max(0, Math.min(this.#seconds, seconds)) * 100) / 100;
    if (name === "start") this.put({ start: Math.min(given, Math.max(0, this.end - 0.01)) });
    else this.put({ end: Math.max(given, this.start + 0.01) });
    this.#onPick({ start: this.start, end: this.end });
  }

  #secondsAt(event) {
    const box = this.stage.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * this.#seconds;
  }

  #press(event) {
    if (!this.#seconds) return;
    const seconds = this.#secondsAt(event);
    this.#dragging = event.target.classList.contains("is-start") ? "start" : event.target.classList.contains("is-end") ? "end"
      : Math.abs(seconds - this.start) <= Math.abs(seconds - this.end) ? "start" : "end";
    this.stage.setPointerCapture(event.pointerId);
    this.handles[this.#dragging].focus();
    this.#set(this.#dragging, seconds);
    event.preventDefault();
  }

  #move(event) {
    if (this.#dragging) this.#set(this.#dragging, this.#secondsAt(event));
  }

  #key(event, name) {
    const big = event.shiftKey ? 10 : 1;
    const by = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -5, PageUp: 5 }[event.key];
    const to = { Home: 0, End: this.#seconds }[event.key];
    if (by === undefined && to === undefined) return;
    event.preventDefault();
    this.#set(name, to ?? this[name] + by * big);
  }
}

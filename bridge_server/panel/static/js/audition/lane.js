/** One lane: a key to press, who it is, its sound drawn, and what can be done with it. */

import { h, replace, say } from "../dom.js";
import { Waveform } from "../draw/waveform.js";
import { decibelsOf } from "../audio/level.js";
import { level, signed } from "./format.js";
import { blindTools, laneTools } from "./lane_tools.js";
import { fractionOf } from "./ruler.js";
import { stemDesk } from "./stem_desk.js";

export class Lane {
  #signal;
  #key = h("kbd.lane-key", { "aria-hidden": "true" });
  #name = h("span.lane-name");
  #facts = h("span.lane-facts");
  #levels = h("span.lane-facts");
  #wave;
  #peaks = { bed: null, own: null };
  #scale = 1;
  #grid = [];
  /** What was painted last; painting takes longer than anything else here. */
  #look = "";

  constructor(board, track, signal) {
    this.board = board;
    this.#signal = signal;
    this.track = track;
    this.canvas = h("canvas.lane-wave", { "aria-hidden": "true" });
    this.#wave = new Waveform(this.canvas, signal);
    const hear = { type: "button", onclick: () => board.hear(this.track.id) };
    const words = h("span.lane-words", {}, this.#name, this.#facts, this.#levels);
    this.hearButton = h("button.plain.lane-hear", hear, this.#key, words);
    this.tools = h("div.lane-tools");
    this.desk = h("div.lane-desk", { hidden: true });
    this.element = h("article.lane", { dataset: { track: track.id } }, this.hearButton, this.canvas, this.tools, this.desk);
    this.canvas.addEventListener("pointerdown", (event) => {
      board.hear(this.track.id);
      board.seek(fractionOf(event, this.canvas));
    });
  }

  /** As it is shown: "Take 2", or "B" in a blind round. */
  get name() {
    return this.#name.textContent;
  }

  /** The pictures of its sound: of what plays around it, and of itself. */
  draw(bed, own, scale, grid) {
    this.#peaks = { bed, own };
    this.#scale = scale;
    this.#grid = grid;
    this.#look = "";
    this.#paint();
  }

  get #region() {
    const { frames, span } = this.board.audition;
    return { from: span.start / frames, to: span.end / frames };
  }

  #paint() {
    const { hearing, isHidden } = this.board;
    const isHeard = hearing.heard === this.track.id;
    const look = `${isHidden} ${isHeard && !isHidden}`;
    if (look === this.#look) return;
    this.#look = look;
    const layers = isHidden ? [] : [
      { peaks: this.#peaks.bed, colour: "--wave-context" },
      { peaks: this.#peaks.own, colour: isHeard ? "--wave-on" : "--wave" },
    ];
    this.#wave.show({ layers, region: this.#region, grid: this.#grid }, this.#scale);
  }

  /** Bring everything but the drawing up to date. */
  show(key) {
    const { hearing } = this.board;
    const { id, take, lufs } = this.track;
    const isHeard = hearing.heard === id;
    const isHidden = this.board.isHidden;
    this.element.classList.toggle("heard", isHeard);
    this.element.classList.toggle("discarded", Boolean(take?.discarded) && !isHidden);
    this.element.classList.toggle("loading", !hearing.isLoaded(id));
    this.hearButton.setAttribute("aria-pressed", String(isHeard));
    say(this.#key, key);
    say(this.#name, this.#shownName());
    say(this.#facts, isHidden ? "" : this.#shownOrigin());
    const gain = hearing.isLevelled ? decibelsOf(hearing.matching(id)) : 0;
    const levels = [Number.isFinite(lufs) && `${level(lufs)} LUFS`, Math.abs(gain) >= 0.05 && `${signed(gain)} dB`];
    say(this.#levels, isHidden ? "" : levels.filter(Boolean).join(" · "));
    this.#showTools();
    this.desk.hidden = isHidden || !hearing.stems.has(id);
    this.#paint();
  }

  #shownName() {
    const { blind, nameOfOriginal } = this.board;
    const { id, take } = this.track;
    const name = take ? `Take ${this.board.nameOf(take)}` : nameOfOriginal;
    if (!blind) return name;
    return blind.isOpen ? `${blind.letter(id)} was ${name.toLowerCase()}` : blind.letter(id);
  }

  #shownOrigin() {
    const { take } = this.track;
    if (take) return `seed ${take.seed}${take.draft ? " · draft" : ""}`;
    return this.board.audition.kind === "alone" ? "what was followed" : "as it was";
  }

  #showTools() {
    const tools = this.board.blind ? blindTools(this) : this.track.take ? laneTools(this) : [];
    const focused = this.tools.contains(document.activeElement) ? document.activeElement.dataset.tool : "";
    replace(this.tools, tools);
    if (focused) this.tools.querySelector(`[data-tool="${focused}"]`)?.focus();
  }

  toggleStems() {
    const { hearing } = this.board;
    if (hearing.stems.has(this.track.id)) {
      hearing.closeStems(this.track.id);
      replace(this.desk);
    } else {
      this.board.hear(this.track.id);
      hearing.openStems(this.track.id);
      const look = { signal: this.#signal, scale: this.#scale, grid: this.#grid, region: this.#region };
      replace(this.desk, stemDesk(this.board, this.track, look));
    }
    this.board.refresh();
  }
}

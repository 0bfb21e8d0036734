/** One lane: a key to press, who it is, its sound drawn, and what can be done with it. */

import { h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { Waveform } from "../draw/waveform.js";
import { decibelsOf } from "../audio/level.js";
import { level, signed } from "./format.js";
import { fileLink, partOf } from "./files.js";
import { fractionOf } from "./ruler.js";
import { stemDesk } from "./stem_desk.js";

export class Lane {
  #board;
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
    this.#board = board;
    this.#signal = signal;
    this.track = track;
    this.canvas = h("canvas.lane-wave", { "aria-hidden": "true" });
    this.#wave = new Waveform(this.canvas, signal);
    this.hearButton = h("button.plain.lane-hear", { type: "button", onclick: () => board.hear(this.track.id) }, this.#key, h("span.lane-words", {}, this.#name, this.#facts, this.#levels));
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
    const { frames, span } = this.#board.audition;
    return { from: span.start / frames, to: span.end / frames };
  }

  #paint() {
    const { hearing, isHidden } = this.#board;
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
    const { hearing, blind } = this.#board;
    const { id, take, lufs } = this.track;
    const isHeard = hearing.heard === id;
    const isHidden = this.#board.isHidden;
    this.element.classList.toggle("heard", isHeard);
    this.element.classList.toggle("discarded", Boolean(take?.discarded) && !isHidden);
    this.element.classList.toggle("loading", !hearing.isLoaded(id));
    this.hearButton.setAttribute("aria-pressed", String(isHeard));
    say(this.#key, key);
    const name = take ? `Take ${this.#board.nameOf(take)}` : this.#board.nameOfOriginal;
    say(this.#name, blind ? `${blind.letter(id)}${blind.isOpen ? ` was ${name.toLowerCase()}` : ""}` : name);
    const gain = hearing.isLevelled ? decibelsOf(hearing.matching(id)) : 0;
    const levels = [Number.isFinite(lufs) && `${level(lufs)} LUFS`, Math.abs(gain) >= 0.05 && `${signed(gain)} dB`];
    say(this.#facts, isHidden ? "" : take ? `seed ${take.seed}${take.draft ? " · draft" : ""}` : this.#board.audition.kind === "alone" ? "what was followed" : "as it was");
    say(this.#levels, isHidden ? "" : levels.filter(Boolean).join(" · "));
    this.#showTools();
    this.desk.hidden = isHidden || !hearing.stems.has(id);
    this.#paint();
  }

  #showTools() {
    const { track: { id, take } } = this;
    const { blind, actions, hearing } = this.#board;
    const focused = this.tools.contains(document.activeElement) ? document.activeElement.dataset.tool : "";
    if (blind) replace(this.tools, this.#blindTools());
    else if (!take) replace(this.tools);
    else {
      const tool = (name, label, picture, act, more = {}) =>
        h("button.plain.small.icon", { type: "button", title: label, "aria-label": `${label}: take ${take.number}`, dataset: { tool: name }, onclick: act, ...more }, icon(picture, more.full));
      const after = (done) => async () => { if (await done(take)) this.#board.refresh(); };
      replace(this.tools,
        h("div.row.lane-main", {},
          h("button.small", { type: "button", dataset: { tool: "keep" }, "aria-pressed": String(take.chosen), title: "Keep this take (K)", onclick: after((one) => actions.keep(one)) }, icon("check"), take.chosen ? "Kept" : "Keep"),
          h("button.small", { type: "button", dataset: { tool: "send" }, title: "Lay it on the DAW's timeline (Enter)", onclick: () => this.#board.send(take) }, icon("send"), "Send")),
        h("div.row.lane-more", {},
          tool("star", take.starred ? "Take the star away" : "Star (S)", "star", after((one) => actions.star(one)), { class: take.starred ? "starred" : "", full: take.starred, "aria-pressed": String(take.starred) }),
          tool("discard", take.discarded ? "Bring back (X)" : "Discard (X)", take.discarded ? "restore" : "bin", after((one) => actions.discard(one)), { "aria-pressed": String(take.discarded) }),
          take.stems.length > 1 && tool("stems", "Stems (T)", "stems", () => this.toggleStems(), { "aria-expanded": String(hearing.stems.has(id)) }),
          tool("reveal", "Show in folder", "folder", () => actions.reveal(take)),
          (take.sides ?? []).length > 1
            ? take.sides.map((side) => fileLink(actions, side === "left" ? take : partOf(take, "side", side), `the ${side} side of take ${take.number}`))
            : fileLink(actions, take, `take ${take.number}`)));
    }
    if (focused) this.tools.querySelector(`[data-tool="${focused}"]`)?.focus();
  }

  #blindTools() {
    const { blind } = this.#board;
    const id = this.track.id;
    if (!blind.isOpen) return h("button.small", { type: "button", dataset: { tool: "prefer" }, onclick: () => this.#board.prefer(id) }, icon("check"), `Prefer ${blind.letter(id)}`);
    const times = blind.tally.get(id) ?? 0;
    return h("span.tag", { class: times ? "on" : "" }, `preferred ${times} of ${blind.rounds}`);
  }

  toggleStems() {
    const { hearing } = this.#board;
    if (hearing.stems.has(this.track.id)) {
      hearing.closeStems(this.track.id);
      replace(this.desk);
    } else {
      this.#board.hear(this.track.id);
      hearing.openStems(this.track.id);
      replace(this.desk, stemDesk(this.#board, this.track, { signal: this.#signal, scale: this.#scale, grid: this.#grid, region: this.#region }));
    }
    this.#board.refresh();
  }
}

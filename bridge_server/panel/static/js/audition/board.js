/**
 * The audition board: lanes above one another under one ruler, one player, one transport. Other pages may mount it too.
 * Rings "blind" when a blind round begins, is told or ends.
 *
 *     const board = new Board(app, audition, signal);
 *     root.append(board.element); board.bindKeys(); board.load();
 */

import { h, replace, say } from "../dom.js";
import { Bell } from "../bell.js";
import { Blind } from "./blind.js";
import { Actions } from "./actions.js";
import { hostName } from "./format.js";
import { Hearing, ORIGINAL, takeId } from "./hearing.js";
import { bindBoardKeys } from "./keys.js";
import { Lane } from "./lane.js";
import { commonScale } from "../draw/waveform.js";
import { loadPeaks } from "../draw/peaks.js";
import { gridOf, Ruler } from "./ruler.js";
import { askHost } from "./send_dialog.js";
import { makeTransport } from "./transport.js";

const COLUMNS = 2400;
const BLIND_RULES = "Shuffled and equally loud. Listen with 1, 2, 3 …, then say which you prefer: P.";

export class Board extends Bell {
  blind = null;
  #app;
  #signal;
  #lanes = new Map();
  #list = h("div.lanes", { role: "group", "aria-label": "Original and takes" });
  #rules = h("p.blind-rules", { hidden: true }, BLIND_RULES);
  /** Who is heard, for those who do not see it: the keys change it wherever the focus is. */
  #spoken = h("p.unseen", { role: "status" });
  #frame = 0;

  constructor(app, audition, signal, { owner = "", first = "" } = {}) {
    super();
    this.#app = app;
    this.#signal = signal;
    /** The client whose job it is, for the words of "Send". */
    this.owner = owner;
    this.audition = audition;
    this.actions = new Actions(app);
    this.hearing = new Hearing(audition, signal);
    this.ruler = new Ruler(audition, (at) => this.seek(at), (span) => this.hearing.select(span));
    this.transport = makeTransport(this);
    const playhead = h("div.playhead-lane", { "aria-hidden": "true" }, this.ruler.playhead);
    const stage = h("div.stage", {}, this.#rules, this.ruler.element, this.#list, playhead);
    this.element = h("section.board", { "aria-label": "Audition" }, this.transport.element, stage, this.#spoken);
    this.#listen();
    this.#fillLanes();
    this.hearing.hear(first || this.#firstHeard());
    this.#place(this.hearing.player.position);
    signal?.addEventListener("abort", () => cancelAnimationFrame(this.#frame), { once: true });
  }

  get isHidden() {
    return Boolean(this.blind) && !this.blind.isOpen;
  }

  /** Tracks in the order that they stand in. */
  get order() {
    return this.blind ? this.blind.order : this.hearing.tracks.map((track) => track.id);
  }

  /** "2", or with the job's tags beside it where takes of several jobs are compared. */
  nameOf(take) {
    const isMixed = new Set(this.audition.takes.map((one) => one.job)).size > 1;
    return isMixed ? `${take.number} · ${take.job.slice(0, 4)}` : String(take.number);
  }

  /** Of new music, what stood beside it was a reference. */
  get nameOfOriginal() {
    return this.audition.kind === "alone" ? "Reference" : "Original";
  }

  bindKeys() {
    bindBoardKeys(this, this.#app.keys, this.#signal);
  }

  load() {
    return this.#busy(Promise.all([this.hearing.load(), this.#drawAll(), this.#findSides()]));
  }

  /** Tell screen readers, and whoever waits, until all sound is there. */
  async #busy(work) {
    this.element.setAttribute("aria-busy", "true");
    await work;
    this.element.setAttribute("aria-busy", "false");
  }

  /** The same place, with more takes or other marks. */
  async renew(audition) {
    this.audition = audition;
    const done = this.hearing.renew(audition);
    this.#fillLanes();
    if (!this.hearing.heard) this.hearing.hear(this.#firstHeard());
    await this.#busy(Promise.all([done, this.#drawAll(), this.#findSides()]));
  }

  hear(id) {
    this.hearing.hear(id);
  }

  /** By key: 0 is the original, 1 the first take; in a blind round 1 is A. */
  hearNumber(number) {
    const takes = this.order.filter((id) => id !== ORIGINAL);
    const id = this.blind ? this.order[number - 1] : number === 0 ? ORIGINAL : takes[number - 1];
    if (id) this.hear(id);
  }

  toggleStems() {
    if (!this.isHidden && (this.heardTake?.stems.length ?? 0) > 1) this.#lanes.get(this.hearing.heard).toggleStems();
  }

  get heardTake() {
    return this.hearing.track(this.hearing.heard)?.take ?? null;
  }

  async toggle() {
    try {
      await this.hearing.player.toggle();
    } catch (error) {
      this.#app.problem(error);
    }
  }

  seek(at) {
    this.hearing.player.seek(at * this.audition.frames);
  }

  /** By seconds, or by beats where there is a tempo. */
  nudge(by) {
    const { rate, bpm } = this.audition;
    this.hearing.player.seek(this.hearing.player.position + by * rate * (bpm ? 60 / bpm : 1));
  }

  toggleBlind() {
    this.blind = this.blind ? null : new Blind(this.hearing.tracks.map((track) => track.id));
    if (this.blind) {
      for (const id of [...this.hearing.stems.keys()]) this.hearing.closeStems(id);
      this.hearing.setLevelled(true);
      this.hearing.hear(this.blind.order[0]);
    }
    this.#fillLanes();
    this.ring("blind", this.blind);
  }

  dealAgain() {
    this.blind?.deal();
    this.hearing.hear(this.blind.order[0]);
    this.#fillLanes();
    this.ring("blind", this.blind);
  }

  prefer(id) {
    const letter = this.blind.letter(id);
    this.blind.prefer(id);
    const take = this.hearing.track(id).take;
    const who = take ? `take ${take.number}, seed ${take.seed}` : `the ${this.nameOfOriginal.toLowerCase()}`;
    this.#app.say(`${letter} was ${who}.`, { title: `You preferred ${letter}` });
    this.refresh();
    this.ring("blind", this.blind);
  }

  /** The program that asked places it; if nobody did, the musician says who. */
  async send(take) {
    const isAsked = Boolean(hostName(take.client ?? this.owner));
    const client = isAsked ? "" : await askHost(this.actions, this.#app);
    if (client === null) return;
    if (await this.actions.send({ ...take, client: client || (take.client ?? this.owner) }, client)) take.chosen = true;
    this.refresh();
  }

  refresh() {
    this.order.forEach((id, index) => {
      const key = this.blind ? String(index + 1) : id === ORIGINAL ? "0" : String(index + (this.audition.original ? 0 : 1));
      this.#lanes.get(id)?.show(key);
    });
    this.transport.show();
    this.ruler.showSelection(this.hearing.looping === "own" ? this.hearing.selection : null);
    this.#rules.hidden = !this.isHidden;
  }

  #firstHeard() {
    const { takes } = this.audition;
    const kept = takes.find((take) => take.chosen) ?? takes.find((take) => take.starred);
    const best = kept ?? takes.find((take) => !take.discarded) ?? takes[0];
    return best ? takeId(best) : ORIGINAL;
  }

  #fillLanes() {
    for (const track of this.hearing.tracks) {
      const lane = this.#lanes.get(track.id);
      if (lane) lane.track = track;
      else this.#lanes.set(track.id, new Lane(this, track, this.#signal));
    }
    replace(this.#list, this.order.map((id) => this.#lanes.get(id).element));
    this.refresh();
  }

  async #drawAll() {
    const { bed } = this.audition;
    const urls = [bed?.peaks, ...this.hearing.tracks.map((track) => track.peaks)];
    const [under, ...own] = await Promise.all(urls.map((url) => this.#peaks(url)));
    if (this.#signal?.aborted) return;
    const scale = commonScale([under, ...own]);
    const grid = gridOf(this.audition);
    this.hearing.tracks.forEach((track, index) => this.#lanes.get(track.id)?.draw(under, own[index], scale, grid));
  }

  /** What continues a clip to both sides is two files. */
  async #findSides() {
    if (this.audition.kind !== "continues") return;
    try {
      for (const take of this.audition.takes) {
        const { parts } = await this.#app.api.get(`/api/takes/${take.job}/${take.number}`, {}, this.#signal);
        take.sides = parts.map((part) => part.side).filter(Boolean);
      }
      this.refresh();
    } catch (error) {
      if (error.name !== "AbortError") this.#app.problem(error);
    }
  }

  async #peaks(url) {
    if (!url) return null;
    try {
      return await loadPeaks(url, COLUMNS, this.#signal);
    } catch (error) {
      if (error.name !== "AbortError") this.#app.problem(error);
      return null;
    }
  }

  #listen() {
    const { hearing, hearing: { player } } = this;
    for (const kind of ["heard", "changed", "loaded"]) hearing.on(kind, () => this.refresh());
    hearing.on("failed", (problem) => this.#app.problem(problem));
    hearing.on("heard", (id) => say(this.#spoken, this.#lanes.get(id)?.name ?? ""));
    player.on("playing", () => { this.transport.show(); this.#follow(); });
    for (const kind of ["paused", "ended"]) player.on(kind, () => { this.transport.show(); this.#place(player.position); });
    player.on("moved", (frame) => this.#place(frame));
  }

  /** While it plays, and only then, the play head follows. */
  #follow() {
    cancelAnimationFrame(this.#frame);
    const step = () => {
      if (this.#signal?.aborted || !this.hearing.player.isPlaying) return;
      this.#place(this.hearing.player.position);
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #place(frame) {
    this.ruler.move(frame);
    this.transport.showTime(frame);
  }
}

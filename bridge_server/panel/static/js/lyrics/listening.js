/** Versions heard in turn over the same accompaniment: the audition board with the versions' names, and a walk through all of them. */

import { h } from "../dom.js";
import { Board } from "../audition/board.js";
import { nameOfTake } from "./draft.js";

/** The board of the audition page, with takes called A1, A2, B1. */
export class VersionBoard extends Board {
  #draft;

  constructor(app, audition, signal, { draft, ...given }) {
    super(app, audition, signal, given);
    this.#draft = draft;
    this.inTurn = new InTurn(this, signal);
    this.transport.element.querySelector(".transport-play").append(this.inTurn.button);
    this.refresh();
  }

  nameOf(take) {
    return (#draft in this && nameOfTake(this.#draft, take)) || super.nameOf(take);
  }

  /** Rings "shown", so that other places can show the same marks. */
  refresh() {
    super.refresh();
    this.ring("shown");
  }
}

/** Goes on to the next track each time the loop comes round: the original, A1, A2, B1 … and again. */
export class InTurn {
  isOn = false;
  #board;
  #signal;
  #last = 0;
  #frame = 0;

  constructor(board, signal) {
    this.#board = board;
    this.#signal = signal;
    this.button = h("button", { type: "button", "aria-pressed": "false", title: "Hear one after the other, the next each time the region comes round (N)", onclick: () => this.toggle() }, "One after the other");
    board.hearing.player.on("playing", () => this.#watch());
    signal?.addEventListener("abort", () => cancelAnimationFrame(this.#frame), { once: true });
  }

  toggle() {
    this.isOn = !this.isOn;
    this.button.setAttribute("aria-pressed", String(this.isOn));
    const { hearing } = this.#board;
    if (!this.isOn) return;
    if (hearing.looping === "off") hearing.setLoop("region");
    if (!hearing.player.isPlaying) hearing.player.play();
    this.#watch();
  }

  #watch() {
    cancelAnimationFrame(this.#frame);
    this.#last = this.#board.hearing.player.position;
    const step = () => {
      const { player } = this.#board.hearing;
      if (this.#signal?.aborted || !player.isPlaying || !this.isOn) return;
      const at = player.position;
      if (at < this.#last - player.rate / 10) this.next();
      this.#last = at;
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  /** The next one in the order of the lanes, discarded takes left out; after the last the first. */
  next() {
    const { hearing, order } = this.#board;
    const heard = order.filter((id) => !hearing.track(id)?.take?.discarded);
    hearing.hear(heard[(heard.indexOf(hearing.heard) + 1) % heard.length]);
  }
}

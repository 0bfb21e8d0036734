/** One take at a time, heard where it is listed. For comparing at the same beat there is the audition page. */

import { Bell } from "../bell.js";

export class Listen extends Bell {
  #sound = new Audio();
  /** "JOB/N" of what plays, or "". */
  playing = "";

  constructor(app, signal) {
    super();
    this.#sound.preload = "none";
    this.#sound.addEventListener("ended", () => this.stop());
    this.#sound.addEventListener("error", () => {
      if (!this.playing) return;
      this.stop();
      app.say("This take cannot be played: its file is gone or cannot be read.");
    });
    signal.addEventListener("abort", () => this.stop(), { once: true });
  }

  async toggle(id) {
    if (this.playing === id) return this.stop();
    this.playing = id;
    this.#sound.src = `/api/takes/${id}/file`;
    this.ring("changed");
    try {
      await this.#sound.play();
    } catch (error) {
      // Another take was wanted before this one began; what cannot be played is told by its "error" event.
      console.debug("listen:", error.name);
    }
  }

  stop() {
    this.playing = "";
    this.#sound.pause();
    this.#sound.removeAttribute("src");
    this.ring("changed");
  }
}

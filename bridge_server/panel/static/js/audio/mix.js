/**
 * The mixer behind the audition, without Web Audio: tracks of one length, one play head, and a gain for each track.
 *
 * All tracks are read at the same sample, so that another one is heard from one sample to the next: hearing a track is
 * nothing but a gain that goes from 0 to 1. Gains move in straight lines, since two takes of the same bar are alike
 * (Zölzer, DAFX, 2nd ed., ch. 4: equal gain for correlated sound, equal power for uncorrelated).
 */

export const SWITCH_SECONDS = 0.005;
export const JUMP_SECONDS = 0.002;

export class Mix {
  #tracks = new Map();
  #now = new Map();
  #target = new Map();
  #ids = [];
  #transport = 0;
  #running = false;
  #loop = null;
  #tail = { head: 0, left: 0 };

  /** @param {number} rate samples a second @param {number} frames length of every track */
  constructor(rate, frames) {
    this.frames = frames;
    this.head = 0;
    this.switchStep = 1 / Math.max(1, Math.round(SWITCH_SECONDS * rate));
    this.jumpFrames = Math.max(1, Math.round(JUMP_SECONDS * rate));
  }

  /** True while anything can be heard or the play head moves. */
  get isMoving() {
    return this.#running || this.#transport > 0;
  }

  /** @param {string} id @param {[Float32Array, Float32Array]} channels left and right, `frames` long */
  put(id, channels) {
    this.#tracks.set(id, channels);
  }

  drop(id) {
    this.#tracks.delete(id);
    this.#now.delete(id);
  }

  /** What is heard: a gain for each track that is named, silence for all others. */
  hear(gains) {
    this.#target = new Map(Object.entries(gains));
    if (!this.isMoving) this.#now = new Map(this.#target);
    this.#ids = [...new Set([...this.#now.keys(), ...this.#target.keys()])];
  }

  run() {
    this.#running = true;
  }

  /** Fade out; the head stands still once that is done. */
  halt() {
    this.#running = false;
  }

  /** Go on from another sample; what was heard fades out under what comes. */
  seek(frame) {
    this.#jump(Math.max(0, Math.min(this.frames - 1, Math.round(frame))));
  }

  /** Go back to `start` whenever the head reaches `end`; null plays on to the end of the tracks. */
  loop(span) {
    this.#loop = span && span.end - span.start > 2 * this.jumpFrames ? span : null;
  }

  #jump(frame) {
    this.#tail = this.isMoving ? { head: this.head, left: this.jumpFrames } : { head: 0, left: 0 };
    this.head = frame;
  }

  /** Write the next samples. Returns "ended" if the tracks came to their end, "halted" when a fade-out is done, else "". */
  render(left, right) {
    left.fill(0);
    right.fill(0);
    if (!this.isMoving) return "";
    for (let at = 0; at < left.length;) {
      const end = this.#loop && this.head < this.#loop.end ? this.#loop.end : this.frames;
      const count = Math.min(left.length - at, end - this.head);
      this.#add(left.subarray(at, at + count), right.subarray(at, at + count));
      at += count;
      this.head += count;
      if (this.head === end && end !== this.frames) this.#jump(this.#loop.start);
      else if (this.head >= this.frames) {
        if (this.#loop && this.#loop.end === this.frames && this.#running) this.#jump(this.#loop.start);
        else return this.#end();
      }
    }
    return this.#fadeTransport(left, right);
  }

  #end() {
    this.#running = false;
    this.#transport = 0;
    this.#settle();
    return "ended";
  }

  #settle() {
    this.#now = new Map(this.#target);
    this.#tail.left = 0;
  }

  #add(left, right) {
    for (const id of this.#ids) {
      const track = this.#tracks.get(id);
      const from = this.#now.get(id) ?? 0;
      const to = this.#target.get(id) ?? 0;
      const steps = left.length * this.switchStep;
      const reached = from < to ? Math.min(to, from + steps) : Math.max(to, from - steps);
      if (reached === 0 && to === 0) this.#now.delete(id);
      else this.#now.set(id, reached);
      if (track && (from !== 0 || to !== 0)) {
        this.#read(left, track[0], from, to);
        this.#read(right, track[1], from, to);
      }
    }
    this.#tail.head += left.length;
    this.#tail.left = Math.max(0, this.#tail.left - left.length);
  }

  /** Add one channel of one track, its gain on the way from `from` to `to`, under the rest of a jump's fade. */
  #read(out, samples, from, to) {
    const step = from < to ? this.switchStep : -this.switchStep;
    const { head, left } = this.#tail;
    for (let i = 0; i < out.length; i += 1) {
      const moved = from + step * (i + 1);
      const gain = from === to ? to : step > 0 ? Math.min(to, moved) : Math.max(to, moved);
      let sample = samples[this.head + i] ?? 0;
      const old = (left - i) / this.jumpFrames;
      if (old > 0) sample += old * ((samples[head + i] ?? 0) - sample);
      out[i] += gain * sample;
    }
  }

  /** Starting and stopping, over all that was written. */
  #fadeTransport(left, right) {
    const to = this.#running ? 1 : 0;
    if (this.#transport === to) return "";
    const step = this.#running ? this.switchStep : -this.switchStep;
    for (let i = 0; i < left.length; i += 1) {
      this.#transport = Math.max(0, Math.min(1, this.#transport + step));
      left[i] *= this.#transport;
      right[i] *= this.#transport;
    }
    if (this.#running || this.#transport > 0) return "";
    this.#settle();
    return "halted";
  }
}

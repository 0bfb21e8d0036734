/**
 * Plays several tracks of the same length from the same sample, and switches between them without a gap.
 *
 *     const player = new Player(rate, frames);
 *     await player.load("bed", url, signal);
 *     player.hear({ bed: 1, "3f2a9c01-repaint/2": 0.9 });
 *     player.loop({ start, end }); player.play();
 *
 * Rings "playing", "paused" and "ended". The audio context works at the tracks' own rate, so no sample is converted, and sleeps
 * while nothing plays. It is made at the first `play`, since browsers want to see a click or a key before that.
 */

import { Bell } from "../bell.js";
import { Problem } from "../problem.js";

const NO_SOUND = {
  code: "not_found",
  message: "The audio of this take cannot be had.",
  hint: "Was its file moved or deleted? Reload the page.",
};
const NO_SOUND_CARD = {
  code: "no_sound",
  message: "The browser cannot play any sound.",
  hint: "Is a sound card there, and does another program hold it? Try again, or reload the page.",
};
const WORKLET = new URL("./mix.worklet.js", import.meta.url);

export class Player extends Bell {
  isPlaying = false;
  #context = null;
  #mix = null;
  #volume = null;
  #level = 1;
  #opening = null;
  #loaded = new Set();
  #loading = new Map();
  #waiting = [];
  #gains = {};
  #span = null;
  #said = { head: 0, time: 0 };

  constructor(rate, frames) {
    super();
    this.rate = rate;
    this.frames = frames;
  }

  has(id) {
    return this.#loaded.has(id);
  }

  /** Fetch and decode one track, once; stereo, `frames` long, at the player's rate. */
  load(id, url, signal) {
    if (this.#loaded.has(id)) return Promise.resolve();
    if (!this.#loading.has(id)) this.#loading.set(id, this.#fetch(id, url, signal).finally(() => this.#loading.delete(id)));
    return this.#loading.get(id);
  }

  async #fetch(id, url, signal) {
    const answer = await fetch(url, { signal, credentials: "same-origin" });
    if (!answer.ok) throw new Problem(NO_SOUND);
    const decoder = new OfflineAudioContext(2, 1, this.rate);
    const sound = await decoder.decodeAudioData(await answer.arrayBuffer());
    if (!signal?.aborted) this.put(id, stereo(sound));
  }

  /** A track that is there already; the arrays are given away. */
  put(id, channels) {
    this.#loaded.add(id);
    this.#post("put", { id, channels }, channels.map((samples) => samples.buffer));
  }

  drop(id) {
    if (this.#loaded.delete(id)) this.#post("drop", id);
  }

  hear(gains) {
    this.#gains = gains;
    this.#post("hear", gains);
  }

  loop(span) {
    this.#span = span;
    this.#post("loop", span);
  }

  seek(frame) {
    this.#said = { head: Math.max(0, Math.min(this.frames - 1, Math.round(frame))), time: this.#context?.currentTime ?? 0 };
    this.#post("seek", this.#said.head);
    this.ring("moved", this.#said.head);
  }

  /** Raises a Problem where the browser has no sound to give. */
  async play() {
    if (this.isPlaying) return;
    this.isPlaying = true;
    this.ring("playing");
    try {
      await this.#open();
      await this.#context.resume();
    } catch (error) {
      console.debug("player: no sound", error);
      this.#opening = null;
      this.isPlaying = false;
      this.ring("paused");
      throw new Problem(NO_SOUND_CARD);
    }
    if (!this.isPlaying) return;
    this.#post("seek", this.#said.head);
    this.#post("run");
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.#said = { head: this.position, time: 0 };
    this.#post("halt");
    this.ring("paused");
  }

  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  /** Loudness of everything, 0 to 1. */
  set volume(level) {
    this.#level = level;
    if (this.#volume) this.#volume.gain.setTargetAtTime(level, this.#context.currentTime, 0.01);
  }

  /** The sample that is heard now, as near as the browser knows it. */
  get position() {
    if (!this.isPlaying || !this.#context || !this.#said.time) return this.#said.head;
    const heard = this.#context.currentTime - (this.#context.outputLatency || this.#context.baseLatency || 0);
    const head = Math.round(this.#said.head + (heard - this.#said.time) * this.rate);
    const { start, end } = this.#span ?? {};
    const isInLoop = this.#span && this.#said.head >= start && this.#said.head <= end;
    if (isInLoop && head < start) return Math.max(start, head + end - start);
    return Math.max(0, Math.min(this.frames - 1, head));
  }

  /** Let go of the sound card and of all samples. */
  close() {
    this.isPlaying = false;
    this.#post("end");
    this.#context?.close();
    this.#context = null;
    this.#mix = null;
    this.#waiting = [];
  }

  #open() {
    this.#opening ??= this.#make();
    return this.#opening;
  }

  async #make() {
    const context = (this.#context = new AudioContext({ sampleRate: this.rate, latencyHint: "interactive" }));
    await context.audioWorklet.addModule(WORKLET);
    const given = { numberOfInputs: 0, outputChannelCount: [2], processorOptions: { frames: this.frames } };
    const node = new AudioWorkletNode(context, "dawbridge-mix", given);
    this.#volume = new GainNode(context, { gain: this.#level });
    node.connect(this.#volume).connect(context.destination);
    node.port.onmessage = ({ data }) => this.#heard(data);
    this.#mix = node.port;
    for (const [word, value, given] of this.#waiting.splice(0)) this.#mix.postMessage({ word, value }, given);
  }

  #post(word, value = null, given = []) {
    if (this.#mix) this.#mix.postMessage({ word, value }, given);
    else if (word !== "run" && word !== "halt") this.#waiting.push([word, value, given]);
  }

  #heard({ word, head, time }) {
    this.#said = { head, time };
    if (word === "at") return;
    if (!this.isPlaying || word === "ended") this.#context?.suspend();
    if (word === "ended") {
      this.isPlaying = false;
      this.#said = { head: 0, time: 0 };
      this.#post("seek", 0);
      this.ring("ended");
    }
  }
}

function stereo(sound) {
  const last = sound.numberOfChannels - 1;
  return [0, Math.min(1, last)].map((channel) => {
    const samples = new Float32Array(sound.length);
    sound.copyFromChannel(samples, channel);
    return samples;
  });
}

/**
 * What is heard of an audition: one of the original and the takes, over the bed, through one `Player`.
 *
 * Rings "heard" (another track), "changed" (level, bed, stems, loop), "loaded" (an id) and "failed" (a Problem).
 */

import { Bell } from "../bell.js";
import { Player } from "../audio/player.js";
import { matchingGains } from "../audio/level.js";
import { stemGains } from "./stems.js";

export const ORIGINAL = "original";
const BED = "bed";
/** Seconds: what is shorter was a click, not a drag. */
const SHORTEST_LOOP = 0.05;
/** Decoded sound that is kept at once. Beyond it, what was heard longest ago goes, and comes back when it is asked for. */
const MOST_BYTES = 300e6;
const FRAME_BYTES = 8;

/** The id of a take among the tracks: "JOB/N". */
export const takeId = (take) => `${take.job}/${take.number}`;

export class Hearing extends Bell {
  heard = "";
  isLevelled = true;
  isBedOn = true;
  /** "region" | "all" | "own" | "off" */
  looping = "region";
  /** {start, end} in frames: a loop of the musician's own, or null */
  selection = null;
  /** id → list of {role, url, isMuted, isSolo}, for takes whose stems are laid open */
  stems = new Map();
  #signal;
  #mostTracks;
  /** Ids of loaded tracks, those heard last at the end. */
  #recent = [];
  /** What sounds: the one that is heard, or the one before it until that has been fetched. */
  #sounding = "";

  constructor(audition, signal, mostBytes = MOST_BYTES) {
    super();
    this.audition = audition;
    this.#signal = signal;
    this.#mostTracks = Math.max(3, Math.floor(mostBytes / (audition.frames * FRAME_BYTES)));
    this.player = new Player(audition.rate, audition.frames);
    signal?.addEventListener("abort", () => this.player.close(), { once: true });
    this.setLoop("region");
    this.player.seek(0);
  }

  /** All that can be heard, from top to bottom: {id, url, peaks, lufs, take?}. */
  get tracks() {
    const { original, takes } = this.audition;
    return [
      ...(original ? [{ id: ORIGINAL, ...original }] : []),
      ...takes.map((take) => ({ id: takeId(take), url: take.url, peaks: take.peaks, lufs: take.lufs, take })),
    ];
  }

  track(id) {
    return this.tracks.find((track) => track.id === id);
  }

  /** Fetch the bed and what is heard first, then as many of the others as there is room for. */
  async load() {
    const { bed } = this.audition;
    const first = this.track(this.heard);
    await Promise.all([bed && this.#fetch(BED, bed.url), first && this.#fetch(first.id, first.url)]);
    for (const track of this.tracks.slice(0, this.#mostTracks - 1)) await this.#fetch(track.id, track.url);
  }

  async #fetch(id, url) {
    if (this.#signal?.aborted) return;
    try {
      await this.player.load(id, url, this.#signal);
      this.#touch(id);
      if (id === this.heard) this.#sound(id);
      this.ring("loaded", id);
    } catch (error) {
      if (error.name !== "AbortError") this.ring("failed", error);
    }
  }

  #touch(id) {
    this.#recent = [...this.#recent.filter((one) => one !== id), id];
    const spare = this.#recent.filter((one) => one !== BED && one !== this.heard && !one.startsWith(`${this.heard}:`));
    for (const old of spare.slice(0, Math.max(0, this.#recent.length - this.#mostTracks))) {
      this.player.drop(old);
      this.#recent = this.#recent.filter((one) => one !== old);
    }
  }

  /** New takes have arrived, or old ones have other marks. */
  renew(audition) {
    this.audition = audition;
    this.#apply();
    return this.load();
  }

  hear(id) {
    if (!this.track(id) || id === this.heard) return;
    this.heard = id;
    if (this.player.has(id)) this.#sound(id);
    this.ring("heard", id);
    this.#fetch(id, this.track(id).url);
  }

  #sound(id) {
    this.#sounding = id;
    this.#apply();
  }

  /** Up (−1) or down (+1) from the one that is heard, in the order given. */
  step(by, order = this.tracks.map((track) => track.id)) {
    const at = order.indexOf(this.heard);
    this.hear(order[Math.max(0, Math.min(order.length - 1, at + by))]);
  }

  setLevelled(isOn) {
    this.isLevelled = isOn;
    this.#changed();
  }

  setBed(isOn) {
    this.isBedOn = isOn;
    this.#changed();
  }

  setLoop(mode) {
    this.looping = mode;
    const { span, frames } = this.audition;
    const spans = { region: span, all: { start: 0, end: frames }, own: this.selection, off: null };
    this.player.loop(spans[mode]);
    this.ring("changed", this);
  }

  /** Loop these frames from now on; too few of them, or null, and it is the region again. */
  select(span) {
    const [start, end] = span ? [Math.min(span.start, span.end), Math.max(span.start, span.end)].map(Math.round) : [0, 0];
    this.selection = end - start >= this.audition.rate * SHORTEST_LOOP ? { start, end } : null;
    this.setLoop(this.selection ? "own" : "region");
  }

  /** Lay a take's stems open: fetched once, then mixed here instead of the take itself, if any is muted or soloed. */
  async openStems(id) {
    const take = this.track(id)?.take;
    if (!take || this.stems.has(id)) return;
    this.stems.set(id, take.stems.map((stem) => ({ ...stem, isMuted: false, isSolo: false })));
    for (const stem of take.stems) await this.#fetch(`${id}:${stem.role}`, stem.url);
  }

  /** Whether all that is needed to hear this track has been fetched. */
  isLoaded(id) {
    return this.player.has(id);
  }

  closeStems(id) {
    for (const stem of this.stems.get(id) ?? []) this.player.drop(`${id}:${stem.role}`);
    this.#recent = this.#recent.filter((one) => !one.startsWith(`${id}:`));
    this.stems.delete(id);
    this.#changed();
  }

  setStem(id, role, change) {
    const stem = this.stems.get(id)?.find((one) => one.role === role);
    if (!stem) return;
    Object.assign(stem, change);
    this.#changed();
  }

  /** The gain that makes this track as loud as the others; 1 while levels are not matched. */
  matching(id) {
    if (!this.isLevelled) return 1;
    const lufs = Object.fromEntries(this.tracks.map((track) => [track.id, track.lufs]));
    return matchingGains(lufs, this.audition.original?.lufs ?? null)[id] ?? 1;
  }

  /** What the player is told: the bed, and the one that sounds or its stems. */
  gains() {
    const id = this.#sounding;
    const gain = this.matching(id);
    const roles = stemGains(this.stems.get(id) ?? []);
    const parts = roles ? Object.entries(roles).map(([role, on]) => [`${id}:${role}`, on * gain]) : [[id, gain]];
    return Object.fromEntries([[BED, this.isBedOn ? 1 : 0], ...parts]);
  }

  #changed() {
    this.#apply();
    this.ring("changed", this);
  }

  #apply() {
    this.player.hear(this.gains());
  }
}

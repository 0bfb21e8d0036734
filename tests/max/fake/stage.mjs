// A whole evening: a clock, a disk, a set with one audio clip, a bridge, and our device between them.
import { Clock } from "./clock.mjs";
import { MemoryDisk } from "./disk.mjs";
import { Max } from "./max.mjs";
import { FakeSet } from "./model.mjs";
import { ScriptedBridge, Wire } from "./wire.mjs";

export const HOME = "/Users/ana/Library/Application Support/dawbridge";
export const DEVICE = "Macintosh HD:/Users/ana/Music/Ableton/User Library/Presets/Audio Effects/Max Audio Effect/Dawbridge.amxd";
export const SONG = "/Users/ana/Music/Song Project/Song.als";
export const VOICE = "/Users/ana/Music/Song Project/Samples/Imported/voice.wav";
const OPERATIONS = ["repaint", "extend_left", "extend_right", "generate", "retake", "layer", "edit", "again"];

export class Stage {
  /** `live`: options of FakeSet; `max`: options of Max; `bridge`: false for none; `clip`: how the clip differs, null for none. */
  constructor({ live = {}, max = {}, bridge = true, clip = {}, loaded = true, clock = new Clock(), disk = new MemoryDisk() } = {}) {
    Object.assign(this, { clock, disk, console: [], shared: {}, maxOptions: max });
    this.files = new Map();
    this.wire = new Wire(this.clock);
    this.audio(VOICE, 10);
    this.disk.put(live.path || SONG, "gzip");
    this.disk.put(`${DEVICE.replace("Macintosh HD:", "").replace(/\/[^/]*$/, "")}/dawbridge-home.json`, JSON.stringify({ home: HOME }));
    this.disk.folders.add(HOME);
    if (bridge) this.bridge = new ScriptedBridge(this.wire, this.disk, HOME);
    this.openSet(live, clip);
    if (loaded) this.device().start();
    if (loaded) this.advance(2_000);
  }

  /** A sound file on the disk. */
  audio(path, seconds, rate = 48_000) {
    this.files.set(path, { seconds, rate });
    this.disk.put(path, "RIFF");
    return path;
  }

  openSet(live = {}, clip = {}) {
    this.set = new FakeSet({
      path: SONG, tempo: 120, clock: this.clock, files: (path) => this.files.get(path) ?? null,
      print: (line) => this.console.push(line), ...live,
    });
    this.set.console = this.console;
    this.track = this.set.addTrack({ name: "3 Vocals" });
    if (clip) this.clip = this.set.addClip(this.track, VOICE, 8, clip);
    this.set.view.props.selected_track = this.track;
    this.brace(12, 16);
  }

  /** Loop brace over [start, end) in beats. */
  brace(start, end) {
    this.set.song.put("loop_start", start);
    this.set.song.put("loop_length", Math.max(1, end - start));
  }

  /** A device in the set that is open; the newest is `this.max`. */
  device(options = {}) {
    this.max = new Max({
      set: this.set, clock: this.clock, disk: this.disk, wire: this.wire, devicePath: DEVICE, shared: this.shared,
      ...this.maxOptions, ...options,
    });
    return this.max;
  }

  advance(ms) {
    this.clock.advance(ms);
  }

  /** Until `isSo()`, or 20 seconds. */
  until(isSo, what = String(isSo)) {
    for (let waited = 0; waited < 20_000; waited += 20) {
      if (isSo()) return;
      this.clock.advance(20);
    }
    throw new Error(`never: ${what}; the strip says “${this.max.ui.status}” and “${this.max.ui.message}”`);
  }

  /** Sets the strip and presses Send, as the patcher does it. */
  press(verb = "repaint", { tags = "lofi", words = "", seed = "", ...fields } = {}) {
    this.max.message("operation", OPERATIONS.indexOf(verb));
    for (const [name, value] of Object.entries(fields)) this.max.message(name, value);
    this.max.message("tags", tags);
    this.max.message("words", words);
    this.max.message("seed", seed);
    this.max.message("send");
  }

  /** Presses Send and waits for the bridge to have the job: the request. */
  ask(verb, fields) {
    const before = this.bridge.jobs.size;
    this.press(verb, fields);
    this.until(() => this.bridge.jobs.size > before, "the bridge has the job");
    return this.bridge.last;
  }

  /** Presses Send and waits for what the strip says about it. */
  refusal(verb, fields) {
    const before = this.bridge?.jobs.size ?? 0;
    this.press(verb, fields);
    this.until(() => this.max.ui.message !== "", "a message");
    this.advance(500);
    if ((this.bridge?.jobs.size ?? 0) !== before) throw new Error("a job was sent");
    return this.max.ui.message;
  }

  /** What the bridge makes of a request: files on the disk, and the takes that tell of them. */
  takes(request, count = request.variants ?? 1) {
    const folder = `${request.project ? `${request.project}/Dawbridge` : `${HOME}/takes`}/${request.job}`;
    const span = request.span ?? { start: 288_000, end: 384_000, rate: 48_000 };
    const added = request.right ?? request.left;
    const samples = added ?? span.end - span.start;
    const timeline = request.right ? span.end : request.left ? span.start - request.left : span.start;
    return Array.from({ length: count }, (_, index) => {
      const path = this.audio(`${folder}/take-${index + 1}.wav`, samples / span.rate, span.rate);
      const part = { path, samples, span, timeline, ...(added ? { side: request.right ? "right" : "left" } : {}) };
      return {
        job: request.job, number: index + 1, path, seed: 7 + index, sample_rate: span.rate, samples, channels: 2, span,
        backend: "sketch", parts: [part],
      };
    });
  }

  done(request, count) {
    this.bridge.tell(request.job, { event: "started" });
    return this.bridge.tell(request.job, { event: "done", takes: this.takes(request, count), seconds: 1 });
  }

  /** Asks, has it done, and waits until it lies in the set. */
  land(verb, fields, count) {
    const request = this.ask(verb, fields);
    this.done(request, count);
    this.until(() => /^Done/.test(this.max.ui.message), "it is laid in");
    return request;
  }

  /** Tracks that we made. */
  get ours() {
    return this.set.tracks.filter((track) => track.get("name").includes(" · "));
  }

  /** [name, start, end] of every clip on a track or lane. */
  clips(owner) {
    return owner.clips.map((clip) => [clip.get("name"), clip.get("start_time"), this.set.endOf(clip)]);
  }

  /** No error of the script, and nothing of the user's was touched. */
  get faults() {
    return [...this.max.errors.map((error) => error.stack), ...this.console.filter((line) => /script\.fault/.test(line))];
  }
}

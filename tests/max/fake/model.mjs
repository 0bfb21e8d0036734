// A Live Set, as far as our device can see it, with the habits of the real one that reference notes tell of:
// deferred writes, overlaps that cut, units that change with `warping`, errors that are only printed.

export const LIVE_TICK_MS = 100;
const LAST_BEAT = 1_576_800;

let serial = 0;

/** Something with an id. `props` are what `get` knows; a function is called for its value. */
export class LiveObject {
  constructor(set, kind, props) {
    serial += 1;
    this.id = serial;
    this.set = set;
    this.kind = kind;
    this.props = props;
    this.observers = [];
    set.objects.set(this.id, this);
  }

  has(name) {
    return name in this.props;
  }

  get(name) {
    const value = this.props[name];
    return typeof value === "function" ? value.call(this) : value;
  }

  /** Changes a property and tells who watches it. */
  put(name, value) {
    this.props[name] = value;
    for (const observer of this.observers) observer(name);
  }

  remove() {
    this.set.objects.delete(this.id);
  }
}

export class FakeSet {
  /**
   * `version` [12, 3, 5], `tempo`, `meter` [4, 4], `path`, `autoWarp` (what a new clip looks like), `guess` (× tempo that
   * Live believes of it), `splitsPaths`, `ordersByTime` (clips are told by where they lie, not by age), `files`: (path) => {seconds, rate} or null, `print`, `clock`.
   */
  constructor(options) {
    const { tempo = 120, meter = [4, 4], automation = 0, path = "", ...habits } = options;
    Object.assign(this, { version: [12, 3, 5], autoWarp: true, guess: 1, splitsPaths: false, failsSilently: false }, habits);
    this.objects = new Map();
    this.tracks = [];
    this.returns = [];
    this.scenes = [];
    this.cues = [];
    this.undone = 0;
    const [numerator, denominator] = meter;
    this.app = new LiveObject(this, "Application", {});
    this.songTempo = new LiveObject(this, "DeviceParameter", { automation_state: automation, value: tempo });
    this.mixer = new LiveObject(this, "MixerDevice", { song_tempo: () => this.songTempo });
    this.master = new LiveObject(this, "Track", { name: "Main", mixer_device: () => this.mixer });
    this.song = new LiveObject(this, "Song", {
      tempo, signature_numerator: numerator, signature_denominator: denominator,
      loop: 0, loop_start: 0, loop_length: 4, record_mode: 0, session_record: 0, current_song_time: 0,
      scale_mode: 0, root_note: 0, scale_name: "Major",
      tracks: () => this.tracks, return_tracks: () => this.returns, master_track: () => this.master,
      cue_points: () => this.cues, scenes: () => this.scenes,
    });
    if (this.atLeast(12, 0, 5) || (this.version[0] === 11 && this.atLeast(11, 3, 25))) this.song.props.file_path = path;
    this.view = new LiveObject(this, "View", { selected_track: null, detail_clip: null });
    for (let index = 0; index < (habits.sceneCount ?? 4); index += 1) this.addScene();
    const ret = this.addTrack({ name: "A-Reverb", at: "return" });
    this.returns = [ret];
  }

  atLeast(...least) {
    for (let index = 0; index < 3; index += 1) {
      if (this.version[index] !== least[index]) return this.version[index] > least[index];
    }
    return true;
  }

  get imports() {
    return this.version[0] === 11 ? this.atLeast(11, 3, 25) : this.atLeast(12, 0, 5);
  }

  get tempo() {
    return this.song.get("tempo");
  }

  addScene() {
    this.scenes.push(new LiveObject(this, "Scene", { name: "" }));
    for (const track of this.tracks) this.addSlot(track);
  }

  addSlot(track) {
    const slot = new LiveObject(this, "ClipSlot", {
      has_clip: () => (slot.clip ? 1 : 0), clip: () => slot.clip, canonical_parent: () => track,
    });
    track.slots.push(slot);
    return slot;
  }

  /** `kind` audio, midi or group; `index` where it goes. */
  addTrack({ name, kind = "audio", index = -1, at = "tracks", color = 0xff8800, muted = 0 }) {
    const track = new LiveObject(this, "Track", {
      name, color, mute: muted, solo: 0, muted_via_solo: 0, is_frozen: 0, arm: 0,
      has_audio_input: kind === "audio" ? 1 : 0, has_midi_input: kind === "midi" ? 1 : 0,
      is_foldable: kind === "group" ? 1 : 0, is_grouped: 0, fold_state: 0,
      arrangement_clips: () => track.clips, clip_slots: () => track.slots, devices: () => track.devices,
      canonical_parent: () => this.song,
    });
    Object.assign(track, { clips: [], slots: [], lanes: [], devices: [] });
    if (this.atLeast(12, 2, 0)) track.props.take_lanes = () => track.lanes;
    if (kind !== "group" && at === "tracks") for (let count = 0; count < this.scenes.length; count += 1) this.addSlot(track);
    if (at === "tracks") this.tracks.splice(index < 0 ? this.tracks.length : index, 0, track);
    this.song.put("_tracks", 0);
    return track;
  }

  addCue(time, name) {
    this.cues.push(new LiveObject(this, "CuePoint", { time, name }));
  }

  addLane(track) {
    const lane = new LiveObject(this, "TakeLane", {
      name: "", arrangement_clips: () => lane.clips, canonical_parent: () => track,
    });
    lane.clips = [];
    track.lanes.push(lane);
    return lane;
  }

  /** A clip that is there already. `from` says what differs from a plain unwarped one of the whole file. */
  addClip(owner, path, start, from = {}) {
    const file = this.files(path) ?? { seconds: 10, rate: 48_000 };
    const clip = this.makeClip(owner, path, file, start, from);
    if (from.slot) from.slot.clip = clip;
    else owner.clips.push(clip);
    return clip;
  }

  makeClip(owner, path, file, start, from = {}) {
    const isMidi = Boolean(from.midi);
    const clip = new LiveObject(this, "Clip", {
      name: from.name ?? "", color: 0, muted: from.muted ?? 0, start_time: start, end_time: () => this.endOf(clip),
      is_audio_clip: isMidi ? 0 : 1, is_midi_clip: isMidi ? 1 : 0, is_recording: from.recording ?? 0,
      is_arrangement_clip: from.slot ? 0 : 1, looping: from.looping ?? 0,
      canonical_parent: () => from.slot ?? owner,
    });
    if (this.atLeast(12, 0, 0)) {
      clip.props.is_session_clip = from.slot ? 1 : 0;
      clip.props.is_take_lane_clip = owner.kind === "TakeLane" ? 1 : 0;
    }
    const length = from.warping ? file.seconds * this.tempo * (from.guess ?? 1) / 60 : file.seconds;
    clip.frozenLength = from.length;
    Object.assign(clip.props, { loop_start: from.loop_start ?? 0, loop_end: from.loop_end ?? length });
    if (isMidi) return clip;
    Object.assign(clip.props, {
      file_path: path, sample_length: Math.round(file.seconds * file.rate), sample_rate: file.rate,
      warping: from.warping ?? 0, warp_mode: from.warp_mode ?? 0, pitch_coarse: from.pitch_coarse ?? 0,
      pitch_fine: from.pitch_fine ?? 0, gain_display_string: from.gain ?? "0.0 dB",
      start_marker: from.start_marker ?? from.loop_start ?? 0, end_marker: from.end_marker ?? length,
      warp_markers: () => JSON.stringify({ warp_markers: clip.markers }),
    });
    clip.markers = from.markers ?? [
      { sample_time: 0, beat_time: 0 }, { sample_time: 60 / this.tempo / 32, beat_time: 1 / 32 },
    ];
    clip.file = file;
    return clip;
  }

  /** An empty MIDI clip: its length counts beats. */
  makeMidiClip(track, start, length) {
    const clip = this.makeClip(track, "", { seconds: 0, rate: 48_000 }, start, { midi: true, length });
    clip.notes = [];
    this.layOver(track, clip);
    return clip;
  }

  /** Looped clips keep the length they were made with; others follow loop_end, which counts beats if warped, else seconds. */
  endOf(clip) {
    if (clip.frozenLength !== undefined) return clip.get("start_time") + clip.frozenLength;
    const length = clip.get("loop_end") - clip.get("loop_start");
    return clip.get("start_time") + (clip.get("warping") ? length : length * this.tempo / 60);
  }

  /** What Live does when an import is asked for: a clip, or a line in the console. */
  importInto(owner, path, start, slot = null) {
    const track = owner.kind === "TakeLane" ? owner.get("canonical_parent") : owner;
    if (!this.imports) return this.print(`get/call: no function create_audio_clip in ${owner.kind}`);
    if (!track.get("has_audio_input")) return this.print("Audio clips can only be created on audio tracks");
    if (!/^(\/|[A-Za-z]:[\\/])/.test(path)) return this.print("Please provide an absolute path");
    if (slot?.clip) return this.print("This clip slot already has a clip");
    const file = this.files(path);
    if (!file) return this.print("The provided path does not appear to point to a valid audio file");
    if (start < 0 || start > LAST_BEAT) return this.print("Position is outside the Arrangement");
    if (this.failsSilently) return null;
    const clip = this.makeClip(owner, path, file, start, { warping: this.autoWarp ? 1 : 0, guess: this.guess, slot });
    if (slot) slot.clip = clip;
    else this.layOver(owner, clip);
    return clip;
  }

  /** Right edges are trimmed, left edges too; a clip that is hit in the middle loses everything behind the new one. */
  layOver(owner, clip) {
    const [start, end] = [clip.get("start_time"), this.endOf(clip)];
    for (const old of [...owner.clips]) {
      const [from, to] = [old.get("start_time"), this.endOf(old)];
      if (to <= start || from >= end) continue;
      this.damage = (this.damage ?? 0) + 1;
      if (from >= start && to <= end) owner.clips = owner.clips.filter((one) => one !== old);
      else if (from < start) old.frozenLength = start - from;
      else {
        old.props.start_time = end;
        old.frozenLength = to - end;
      }
    }
    owner.clips.push(clip);
    if (this.ordersByTime) owner.clips.sort((one, other) => one.get("start_time") - other.get("start_time"));
  }

  /** Something gets the id that something else had before Live was started anew. */
  giveId(object, id) {
    this.objects.delete(object.id);
    object.id = id;
    this.objects.set(id, object);
  }

  /** Writes that Live does at its next tick: reading back at once gives the old value. */
  later(action) {
    this.clock.after(LIVE_TICK_MS - (this.clock.now % LIVE_TICK_MS), action);
  }

  /** Switching Warp off: content counts in seconds from now on, of the whole file. */
  setWarping(clip, value) {
    this.later(() => {
      const isNow = value ? 1 : 0;
      if (clip.get("warping") === isNow) return;
      clip.props.warping = isNow;
      if (!isNow) Object.assign(clip.props, { looping: 0, loop_start: 0, loop_end: this.leavesGuess ? clip.file.seconds / 2 : clip.file.seconds });
    });
  }

  deleteClip(track, clip) {
    if (!track.clips.includes(clip)) return;
    track.clips = track.clips.filter((one) => one !== clip);
    clip.remove();
  }

  deleteTrack(index) {
    const [track] = this.tracks.splice(index, 1);
    for (const clip of track.clips) clip.remove();
    track.remove();
  }
}

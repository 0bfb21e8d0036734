// LiveAPI over the model: `get` answers lists, ids may be text, a mistake prints a line and nothing else.

const SETTABLE = new Set([
  "name", "color", "mute", "muted", "warping", "loop_start", "loop_end", "start_marker", "end_marker", "looping",
  "selected_track", "loop_length", "tempo",
]);

function resolve(set, path) {
  const words = path.trim().split(/\s+/);
  if (words[0] === "id") return set.objects.get(Number(words[1])) ?? null;
  if (words[0] === "live_app") return set.app;
  if (words[0] !== "live_set") return null;
  let here = set.song;
  for (let index = 1; here && index < words.length; index += 1) {
    if (words[index] === "view") here = set.view;
    else {
      const value = here.has(words[index]) ? here.get(words[index]) : null;
      here = Array.isArray(value) ? value[Number(words[++index])] : value;
    }
  }
  return here ?? null;
}

function atoms(value) {
  if (value === null || value === undefined) return ["id", 0];
  if (Array.isArray(value)) return value.flatMap((one) => ["id", one.id]);
  if (typeof value === "object") return ["id", value.id];
  // Max reads a text of digits as a number.
  if (typeof value === "string" && /^-?\d+$/.test(value)) return [Number(value)];
  return [value];
}

/** The class for one fake Max. `world` has set, clock, cost, print, engine ("js" or "v8"), isReady, inObserver. */
export function makeLiveAPI(world) {
  const functions = callables(world);
  return class LiveAPI {
    constructor(first, second) {
      if (!world.isReady) throw new Error("LiveAPI before the device is loaded");
      world.spend(1);
      this.callback = typeof first === "function" ? first : null;
      this.target = resolve(world.set, (typeof first === "function" ? second : first) ?? "");
      this.watched = "";
    }

    get id() {
      const id = this.target && world.set.objects.has(this.target.id) ? this.target.id : 0;
      return world.engine === "js" ? String(id) : id;
    }

    set property(name) {
      if (this.observer) this.target.observers.splice(this.target.observers.indexOf(this.observer), 1);
      this.observer = null;
      this.watched = name;
      if (!name || !this.target) return;
      this.observer = (changed) => { if (changed === name) world.observe(() => this.callback([name])); };
      this.target.observers.push(this.observer);
      world.observe(() => this.callback([name]));
    }

    get(name) {
      world.spend(1);
      if (!Number(this.id) || !this.target.has(name)) {
        world.print(`get: no valid object or property ${name}`);
        return world.engine === "js" ? undefined : [];
      }
      return atoms(this.target.get(name));
    }

    set(name, ...values) {
      world.spend(1);
      if (world.inObserver) throw new Error("Changes cannot be triggered by notifications");
      if (!Number(this.id) || !SETTABLE.has(name)) return world.print(`set: no valid property ${name}`);
      if (name === "warping") return world.set.setWarping(this.target, values[0]);
      if (name === "selected_track") return this.target.put(name, world.set.objects.get(values[1]));
      if (name === "loop_end" && !this.target.get("warping")) values[0] = Math.min(values[0], this.target.file.seconds);
      return this.target.put(name, values[0]);
    }

    call(name, ...values) {
      world.spend(1);
      if (world.inObserver) throw new Error("Changes cannot be triggered by notifications");
      const found = Number(this.id) ? functions[this.target.kind]?.[name] : null;
      if (!found) return void world.print(`call: no function ${name}`);
      const answer = found(this.target, ...values);
      return answer && typeof answer === "object" ? ["id", answer.id] : answer;
    }
  };
}

function callables(world) {
  const { set } = world;
  const heavy = (action) => (...values) => {
    world.spend(world.heavyCalls);
    return action(...values);
  };
  const create = (slotted) => heavy((owner, path, position) => {
    if (world.set.splitsPaths && !world.viaObject && path.includes(" ")) return void world.print("Invalid syntax");
    const clip = slotted
      ? set.importInto(owner.get("canonical_parent"), String(path), 0, owner)
      : set.importInto(owner, String(path), Number(position));
    return world.answersIds ? clip ?? undefined : undefined;
  });
  return {
    Application: {
      get_major_version: () => set.version[0], get_minor_version: () => set.version[1], get_bugfix_version: () => set.version[2],
    },
    Song: {
      create_audio_track: heavy((song, index) => {
        const track = set.addTrack({ name: `${set.tracks.length + 1}-Audio`, index });
        set.view.put("selected_track", track);
        return world.answersIds ? track : undefined;
      }),
      create_midi_track: heavy((song, index) => {
        const track = set.addTrack({ name: `${set.tracks.length + 1}-MIDI`, kind: "midi", index });
        set.view.put("selected_track", track);
        return world.answersIds ? track : undefined;
      }),
      create_scene: heavy(() => void set.addScene()),
      delete_track: heavy((song, index) => void set.deleteTrack(index)),
    },
    Track: {
      create_audio_clip: create(false),
      create_take_lane: heavy((track) => {
        if (!set.atLeast(12, 2, 0)) return void world.print("call: no function create_take_lane");
        const lane = set.addLane(track);
        return world.answersIds ? lane : undefined;
      }),
      create_midi_clip: heavy((track, start, length) => {
        if (!set.atLeast(12, 2, 0)) return void world.print("call: no function create_midi_clip");
        if (!track.get("has_midi_input")) return void world.print("MIDI clips can only be created on MIDI tracks");
        if (!(start >= 0) || !(length > 0)) return void world.print("create_midi_clip: no such place");
        if (set.refusesMidi) return undefined;
        const clip = set.makeMidiClip(track, Number(start), Number(length));
        return world.answersIds ? clip : undefined;
      }),
      delete_clip: heavy((track, word, id) => {
        if (word !== "id") return void world.print("delete_clip: expects an id");
        set.deleteClip(track, set.objects.get(Number(id)));
      }),
    },
    Clip: {
      add_new_notes: heavy((clip, given) => {
        if (!clip.get("is_midi_clip")) return void world.print("add_new_notes: no MIDI clip");
        if (!given || !Array.isArray(given.notes)) return void world.print("add_new_notes: expects a dictionary");
        for (const note of given.notes) {
          const isRight = note.pitch >= 0 && note.pitch <= 127 && note.duration > 0 && note.start_time >= 0
            && note.velocity > 0 && note.velocity <= 127;
          if (!isRight) return void world.print(`add_new_notes: no note ${JSON.stringify(note)}`);
        }
        clip.notes.push(...given.notes.map((note) => ({ ...note })));
        return undefined;
      }),
    },
    TakeLane: { create_audio_clip: create(false) },
    ClipSlot: {
      create_audio_clip: create(true),
      delete_clip: heavy((slot) => { slot.clip?.remove(); slot.clip = null; }),
    },
  };
}

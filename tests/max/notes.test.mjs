// Notes on MIDI tracks: what Live lets no device import is read by the script and put into empty clips.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "./fake/stage.mjs";

const TICKS = 480;

/** A MIDI file of `notes` [pitch, velocity, tick, length], running status and all. */
function midi(notes, { ticks = TICKS, end = 4 * TICKS } = {}) {
  const events = notes.flatMap(([pitch, velocity, at, length]) => [[at, 1, 0x93, pitch, velocity], [at + length, 0, 0x93, pitch, 0]]);
  events.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  const variable = (value) => (value < 128 ? [value] : value < 16_384 ? [(value >> 7) | 0x80, value & 0x7f] : [(value >> 14) | 0x80, ((value >> 7) & 0x7f) | 0x80, value & 0x7f]);
  const track = [0, 0xff, 0x03, 4, ...Buffer.from("bass"), 0, 0xff, 0x51, 3, 9, 39, 192, 0, 0xc3, 33];
  let [tick, status] = [0, 0];
  for (const [at, , ...bytes] of events) {
    track.push(...variable(at - tick), ...(bytes[0] === status ? bytes.slice(1) : bytes));
    [tick, status] = [at, bytes[0]];
  }
  track.push(...variable(end - tick), 0xff, 0x2f, 0);
  const long = (value) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
  return Buffer.from([...Buffer.from("MThd"), ...long(6), 0, 0, 0, 1, ticks >> 8, ticks & 255, ...Buffer.from("MTrk"), ...long(track.length), ...track]);
}

const KICKS = [[36, 100, 0, 120], [36, 90, 480, 120], [38, 80, 720, 60], [36, 100, 960, 120]];

/** A stage whose takes have notes of `roles`; variant 2 plays a semitone higher. */
function stageWithNotes(options, roles = ["drums", "bass"], bytes = null) {
  const stage = new Stage(options);
  const takes = stage.takes.bind(stage);
  stage.takes = (request, count) => takes(request, count).map((take) => {
    const [part] = take.parts;
    part.midi = roles.map((role) => {
      const path = part.path.replace(/\.wav$/, `.midi/${role}.mid`);
      stage.disk.put(path, bytes ?? midi(KICKS.map(([pitch, ...rest]) => [pitch + take.number - 1, ...rest])));
      return { role, path, timeline: part.timeline };
    });
    return take;
  });
  stage.max.message("notes", 1);
  return stage;
}

const scores = (stage) => stage.ours.filter((track) => track.get("has_midi_input"));
const pitches = (track) => track.clips[0].notes.map((note) => note.pitch);

test("notes: each instrument of the variant that is heard on a MIDI track below the result", () => {
  const stage = stageWithNotes();
  stage.land("repaint", { variants: 1 });
  assert.deepEqual(scores(stage).map((track) => track.get("name").replace(/ · .*/, "")), ["drums, notes for 3 Vocals", "bass, notes for 3 Vocals"]);
  for (const track of scores(stage)) {
    assert.deepEqual(stage.clips(track).map(([, start, end]) => [start, end]), [[12, 16]]);
    assert.deepEqual(track.clips[0].notes.map((note) => [note.pitch, note.velocity, note.start_time, note.duration]), [
      [36, 100, 0, 0.25], [36, 90, 1, 0.25], [38, 80, 1.5, 0.125], [36, 100, 2, 0.25],
    ]);
    assert.equal(track.get("mute"), 0);
  }
  assert.equal(stage.set.view.get("selected_track"), stage.track, "what was selected is selected again");
  assert.deepEqual([stage.faults, stage.set.damage ?? 0], [[], 0]);
});

test("notes: they are exchanged with their variant, where the user has moved them", () => {
  const stage = stageWithNotes();
  stage.land("repaint", { variants: 1 });
  scores(stage)[0].clips[0].put("start_time", 24);
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
  stage.advance(2_000);
  assert.deepEqual(scores(stage).map(pitches), [[37, 37, 39, 37], [37, 37, 39, 37]]);
  assert.equal(scores(stage)[0].clips[0].get("start_time"), 24);
  assert.match(scores(stage)[0].clips[0].get("name"), /^drums, notes, Variant 2 · /);
});

test("notes: discard takes them back; a track with something of the user's on it stays", () => {
  const stage = stageWithNotes();
  stage.land("repaint", { variants: 0 });
  const [drums] = scores(stage);
  stage.set.addClip(drums, "", 40, { midi: true, length: 4, name: "mine" });
  stage.max.message("discard");
  stage.until(() => /^Our clips are taken back/.test(stage.max.ui.message));
  assert.deepEqual(stage.ours.map((track) => track.clips.map((clip) => clip.get("name"))), [["mine"]]);
});

test("notes: before Live 12.2, where Live refuses, where a file is none: the sound lies there, and it is said", () => {
  const old = stageWithNotes({ live: { version: [12, 1, 0] } });
  old.land("repaint", { variants: 0 });
  assert.match(old.max.ui.message, /^Done, without its notes: .*take-1\.midi\/drums\.mid$/);
  const refusing = stageWithNotes({ live: { refusesMidi: true } });
  refusing.land("repaint", { variants: 0 });
  assert.match(refusing.max.ui.message, /^Done, but Live did not take all notes\. .*drums\.mid$/);
  for (const bytes of [Buffer.from("RIFF"), Buffer.alloc(0), midi(KICKS).subarray(0, 30), Buffer.concat([midi(KICKS).subarray(0, 22), Buffer.alloc(300, 7)])]) {
    const broken = stageWithNotes({}, ["drums"], bytes);
    broken.land("repaint", { variants: 0 });
    assert.match(broken.max.ui.message, /^Done, but Live did not take all notes/);
    assert.equal(broken.ours[0].clips.length, 1);
    assert.deepEqual(broken.faults, []);
  }
});

test("notes: not asked for, none are laid; a thousand of them do not hold Live up", () => {
  const without = stageWithNotes();
  without.max.message("notes", 0);
  without.land("repaint", { variants: 0 });
  assert.deepEqual(scores(without), []);
  const many = Array.from({ length: 1_000 }, (_, index) => [36 + (index % 12), 100, index * 12, 10]);
  const stage = stageWithNotes({}, ["drums"], midi(many, { end: 12_000 }));
  stage.land("repaint", { variants: 0 });
  assert.equal(scores(stage)[0].clips[0].notes.length, 1_000);
  assert.ok(stage.max.longest <= 5, `${stage.max.longest} ms`);
});

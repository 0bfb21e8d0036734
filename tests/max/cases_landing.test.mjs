// Tricky cases 14 to 16, 18 and 20: what Live does with what is laid in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "./fake/stage.mjs";

const isDone = (stage) => () => /^Done/.test(stage.max.ui.message);

test("14. `warping` is switched off on a later tick, and nothing is believed before", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.done(request);
  stage.until(() => stage.ours.length === 1 && stage.ours[0].clips.length === 1);
  const [clip] = stage.ours[0].clips;
  const seen = new Set();
  stage.until(() => {
    seen.add(clip.get("warping"));
    return isDone(stage)();
  });
  assert.deepEqual([...seen], [1, 0]);
});

test("14. Live never switches Warp off: it is said", () => {
  const stage = new Stage();
  stage.set.setWarping = () => {};
  stage.done(stage.ask("repaint", { variants: 0 }));
  stage.until(() => /^Live left Warp on/.test(stage.max.ui.message));
});

test("15. create functions that return no id: tracks, lanes and clips are found by comparing", () => {
  const stage = new Stage({ max: { answersIds: false } });
  stage.land("repaint", { variants: 1 });
  assert.equal(stage.ours.length, 1);
  assert.deepEqual(stage.ours[0].lanes.map((lane) => [lane.get("name"), lane.clips.length]), [["Variant 1", 1], ["Variant 2", 1]]);
});

test("15. the file of the result is gone, or no audio", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  const [take] = stage.takes(request);
  stage.disk.files.delete(take.path);
  stage.bridge.tell(request.job, { event: "done", takes: [take] });
  stage.until(() => stage.max.ui.message === `The file of the result is gone: ${take.path}`);
  assert.equal(stage.set.tracks.length, 1);

  const again = stage.ask("repaint", { variants: 0 });
  const [second] = stage.takes(again);
  stage.files.delete(second.path);
  stage.bridge.tell(again.job, { event: "done", takes: [second] });
  stage.until(() => stage.max.ui.message === `Live did not take the file, and does not say why. Drag it in: ${second.path}`);
  assert.ok(stage.console.includes("The provided path does not appear to point to a valid audio file"));
});

test("15. Live refuses without a word, e.g. at an identical start", () => {
  const stage = new Stage({ live: { failsSilently: true } });
  stage.done(stage.ask("repaint", { variants: 0 }));
  stage.until(() => /^Live did not take the file/.test(stage.max.ui.message));
  assert.deepEqual(stage.set.tracks, [stage.track]);
});

test("15. a result that would begin before bar 1 or behind the last beat", () => {
  for (const timeline of [-480_000_000, 48_000 * 60 * 60 * 24 * 20]) {
    const stage = new Stage();
    const request = stage.ask("repaint", { variants: 0 });
    const [take] = stage.takes(request);
    take.parts[0].timeline = timeline;
    stage.bridge.tell(request.job, { event: "done", takes: [take] });
    stage.until(() => /^The result would begin outside the set/.test(stage.max.ui.message));
    assert.ok(stage.max.ui.message.endsWith(take.path));
  }
});

for (const version of [[11, 3, 24], [12, 0, 4]]) {
  test(`15. Live ${version.join(".")} cannot import: the file is named, nothing is tried`, () => {
    const stage = new Stage({ live: { version } });
    const request = stage.ask("repaint", { variants: 0 });
    stage.done(request);
    stage.until(() => stage.max.ui.message.startsWith(`Live ${version.join(".")} cannot import audio for a device`));
    assert.ok(stage.max.ui.message.endsWith("/take-1.wav"));
    assert.equal(stage.set.tracks.length, 1);
    assert.deepEqual(stage.console.filter((line) => /no function|no valid/.test(line)), []);
  });
}

for (const [autoWarp, guess] of [[true, 0.5], [true, 2], [false, 1]]) {
  test(`16. Auto-Warp ${autoWarp}, Live believes ${guess} × the tempo: the clip is as long as its file`, () => {
    const stage = new Stage({ live: { autoWarp, guess } });
    stage.land("repaint", { variants: 0 });
    const [, start, end] = stage.clips(stage.ours[0])[0];
    assert.deepEqual([start, end, stage.ours[0].clips[0].get("warping")], [12, 16, 0]);
  });
}

test("16. a length that Live's guess left behind is set right", () => {
  const stage = new Stage({ live: { leavesGuess: true } });
  stage.land("repaint", { variants: 0 });
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [12, 16]);
});

test("18. the track was deleted while the job ran: a new one at the end", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.set.addTrack({ name: "Other" });
  stage.set.deleteTrack(0);
  stage.set.view.put("selected_track", stage.set.tracks[0]);
  stage.done(request);
  stage.until(isDone(stage));
  assert.equal(stage.set.tracks.at(-1), stage.ours[0]);
  assert.match(stage.ours[0].get("name"), /^Repaint of 3 Vocals/);
});

test("18. the track was moved and renamed: the result stands beside it", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  for (const name of ["a", "b"]) stage.set.addTrack({ name, index: 0 });
  stage.track.put("name", "Lead");
  stage.done(request);
  stage.until(isDone(stage));
  assert.equal(stage.set.tracks.indexOf(stage.ours[0]), stage.set.tracks.indexOf(stage.track) + 1);
});

test("18. the clip was moved while the job ran: the result goes with it", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.clip.put("start_time", 40);
  stage.done(request);
  stage.until(isDone(stage));
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [44, 48]);
});

test("18. the clip was deleted while the job ran: the beat that was asked for holds", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.set.deleteClip(stage.track, stage.clip);
  stage.done(request);
  stage.until(isDone(stage));
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [12, 16]);
});

test("18. nothing of the user's is ever cut, muted or renamed", () => {
  const stage = new Stage();
  const before = JSON.stringify([stage.track.props.name, stage.track.props.mute, stage.clips(stage.track)]);
  for (const verb of ["repaint", "generate", "extend_right", "extend_left", "edit"]) stage.land(verb, { source: 0, words: "la", variants: 2 });
  assert.equal(JSON.stringify([stage.track.props.name, stage.track.props.mute, stage.clips(stage.track)]), before);
  assert.equal(stage.set.damage, undefined);
  assert.equal(stage.set.view.get("selected_track"), stage.track);
});

test("20. Live 12.2 and later: one track, the first variant on it, every variant in a lane", () => {
  const stage = new Stage({ live: { version: [12, 2, 0] } });
  stage.land("repaint", { variants: 2 });
  const [track] = stage.ours;
  assert.equal(stage.ours.length, 1);
  assert.match(track.clips[0].get("name"), /^Repaint 1 · lofi · [0-9a-f]{6}$/);
  assert.deepEqual(track.lanes.map((lane) => lane.get("name")), ["Variant 1", "Variant 2", "Variant 3"]);
  assert.deepEqual(track.lanes.map((lane) => stage.clips(lane)[0].slice(1)), [[12, 16], [12, 16], [12, 16]]);
  assert.equal(track.get("color"), stage.track.get("color"));
});

for (const version of [[11, 3, 25], [12, 0, 5], [12, 1, 11]]) {
  test(`20. Live ${version.join(".")}: no lanes, a track for each variant, all but the first muted`, () => {
    const stage = new Stage({ live: { version }, max: { engine: "js" } });
    stage.land("repaint", { variants: 2 });
    assert.deepEqual(stage.ours.map((track) => [track.get("name").split(" · ")[0], track.get("mute")]), [
      ["Repaint 1 of 3 Vocals", 0], ["Repaint 2 of 3 Vocals", 1], ["Repaint 3 of 3 Vocals", 1],
    ]);
    assert.deepEqual(stage.console.filter((line) => /no function|no valid/.test(line)), []);
  });
}

test("20. Live 11 has no is_session_clip: a Session clip is known all the same", () => {
  const stage = new Stage({ live: { version: [11, 3, 25] }, max: { engine: "js" } });
  const clip = stage.set.addClip(stage.track, "/Users/ana/Music/Song Project/Samples/Imported/voice.wav", 0, { slot: stage.track.slots[0], warping: 1, loop_end: 8 });
  stage.set.view.put("detail_clip", clip);
  stage.land("repaint", { source: 1, variants: 0 });
  assert.ok(stage.track.slots[1].clip);
  assert.deepEqual(stage.console.filter((line) => /no function|no valid/.test(line)), []);
});

test("20. Live 11.2 has no path of the set: it counts as unsaved", () => {
  const stage = new Stage({ live: { version: [11, 2, 11] } });
  assert.equal(stage.ask("repaint").project, undefined);
  assert.deepEqual(stage.console.filter((line) => /no valid/.test(line)), []);
});

test("15. Live lays a clip at another place, or leaves it another length: said, and kept", () => {
  const moved = new Stage();
  const makeClip = moved.set.makeClip.bind(moved.set);
  moved.set.makeClip = (owner, path, file, start, from) => makeClip(owner, path, file, start + 0.25, from);
  moved.done(moved.ask("repaint", { variants: 0 }));
  moved.until(() => moved.max.ui.message === "Live laid it at another place than it was told. It belongs to 3 Vocals, bars 4 to 5; move it there.");

  const longer = new Stage();
  const request = longer.ask("repaint", { variants: 0 });
  const takes = longer.takes(request);
  longer.audio(takes[0].path, 1.5);
  longer.bridge.tell(request.job, { event: "done", takes });
  longer.until(() => longer.max.ui.message === "The clip has another length than its file. Check its end.");
  assert.deepEqual(longer.faults, []);
});

test("15. Live takes some of the files: those lie there, the others are named", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 2 });
  const takes = stage.takes(request);
  stage.files.delete(takes[1].path);
  stage.bridge.tell(request.job, { event: "done", takes });
  stage.until(() => stage.max.ui.message === `Live did not take all files. Drag in what is missing: ${takes[1].path}`);
  assert.deepEqual(stage.ours[0].lanes.map((lane) => lane.clips.length), [1, 0, 1]);
  assert.equal(stage.ours[0].clips.length, 1);
});

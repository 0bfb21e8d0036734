// What can be done with results that lie in the set: hear another one, keep, discard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "./fake/stage.mjs";

const mains = (stage, index = 0) => stage.ours[index].clips.map((clip) => clip.get("file_path").split("/").at(-1));

test("pick: the file of the variant takes the place of our own clip, the lanes stay", () => {
  const stage = new Stage();
  stage.land("repaint", { variants: 2 });
  assert.deepEqual([stage.max.ui.pick, stage.max.ui["pick.active"]], [0, 1]);
  stage.max.message("pick", 2);
  stage.until(() => stage.max.ui.message === "Variant 3 plays.");
  assert.deepEqual(mains(stage), ["take-3.wav"]);
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [12, 16]);
  assert.equal(stage.ours[0].clips[0].get("warping"), 0);
  assert.equal(stage.ours[0].lanes.length, 3);
  assert.equal(stage.max.ui.pick, 2);
  stage.max.message("pick", 2);
  stage.advance(2_000);
  assert.deepEqual(mains(stage), ["take-3.wav"]);
});

test("pick: the variant comes where the user has moved our clip, at the tempo of now", () => {
  const stage = new Stage();
  stage.land("repaint", { variants: 1 });
  stage.ours[0].clips[0].put("start_time", 32);
  stage.set.song.put("tempo", 60);
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [32, 34]);
});

test("pick: something of the user's lies there: nothing is touched", () => {
  const stage = new Stage();
  stage.land("repaint", { variants: 1 });
  const [track] = stage.ours;
  track.clips[0].put("start_time", 40);
  const mine = stage.set.addClip(track, stage.audio("/Users/ana/mine.wav", 1), 43, { name: "mine" });
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "“mine” lies where the variant belongs. Move it away first.");
  assert.deepEqual(mains(stage), ["take-1.wav", "mine.wav"]);
  assert.ok(track.clips.includes(mine));
});

test("pick: Live tells clips by where they lie: a later one of the user's is not taken for the new one", () => {
  const stage = new Stage({ live: { ordersByTime: true } });
  stage.land("repaint", { variants: 1 });
  const mine = stage.set.addClip(stage.ours[0], stage.audio("/Users/ana/mine.wav", 1), 100, { name: "mine", warping: 1 });
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
  assert.deepEqual(mains(stage), ["take-2.wav", "mine.wav"]);
  assert.deepEqual([mine.get("name"), mine.get("warping")], ["mine", 1]);
  assert.equal(stage.ours[0].clips[0].get("warping"), 0);
});

test("pick before Live 12.2: the other tracks are muted", () => {
  const stage = new Stage({ live: { version: [12, 1, 0] } });
  stage.land("repaint", { variants: 2 });
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
  assert.deepEqual(stage.ours.map((track) => track.get("mute")), [1, 0, 1]);
});

test("pick: one variant only; a number that is not there; the tracks are gone", () => {
  const stage = new Stage();
  stage.land("repaint", { variants: 0 });
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "This result has only one variant.");
  stage.land("generate", { source: 0, variants: 1 });
  stage.max.message("pick", 3);
  stage.until(() => stage.max.ui.message === "There is no variant 4 of this result.");
  stage.set.deleteTrack(stage.set.tracks.indexOf(stage.ours.find((track) => track.lanes.length > 0)));
  stage.max.message("pick", 1);
  stage.until(() => /^The tracks of this result are gone\. Its file is kept: /.test(stage.max.ui.message));
});

test("keep: the bridge is told until it answers, the clip is marked, the others stay", () => {
  const stage = new Stage();
  const request = stage.land("repaint", { variants: 1 });
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
  let lost = 2;
  stage.wire.lose = (direction, address) => address.endsWith("/choose") && lost-- > 0;
  stage.max.message("keep");
  stage.until(() => stage.bridge.heard.some(({ message }) => message.request === "choose"));
  const { message } = stage.bridge.heard.find((one) => one.message.request === "choose");
  assert.deepEqual([message.job, message.number], [request.job, 2]);
  assert.match(stage.ours[0].clips[0].get("name"), /^✓ Repaint 2/);
  assert.equal(stage.ours[0].lanes.length, 2);
  stage.max.message("keep");
  stage.advance(3_000);
  assert.match(stage.ours[0].clips[0].get("name"), /^✓ Repaint 2/);
});

test("keep: the result in Clip View counts, also one from a time that nobody remembers", () => {
  const stage = new Stage();
  const first = stage.land("repaint", { variants: 1 });
  stage.land("generate", { source: 0, variants: 0 });
  stage.set.view.put("detail_clip", stage.set.tracks.find((track) => track.get("name").includes(first.job.slice(-6))).clips[0]);
  stage.max.end();
  stage.shared = {};
  for (const path of [...stage.disk.files.keys()]) if (/live-.*\.txt$/.test(path)) stage.disk.files.delete(path);
  stage.device().start();
  stage.advance(2_000);
  stage.max.message("keep");
  stage.until(() => stage.max.ui.message === "Variant 1 is kept.");
  stage.until(() => stage.bridge.heard.at(-1).message.job === first.job);
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
});

test("somebody chose a take elsewhere: it plays", () => {
  const stage = new Stage();
  const request = stage.land("repaint", { variants: 1 });
  stage.bridge.tell(request.job, { event: "place", take: stage.takes(request)[1] });
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
  assert.deepEqual(mains(stage), ["take-2.wav"]);
});

test("discard: our track goes, the user's stay, the files stay", () => {
  const stage = new Stage();
  const request = stage.land("repaint", { variants: 1 });
  const [{ path }] = stage.takes(request);
  stage.max.message("discard");
  stage.until(() => stage.max.ui.message === "Taken back. The files stay on the disk.");
  assert.deepEqual(stage.set.tracks, [stage.track]);
  assert.deepEqual(stage.clips(stage.track), [["", 8, 28]]);
  assert.ok(stage.disk.read(path));
  assert.equal(stage.max.ui["discard.active"], 0);
  stage.max.message("discard");
  stage.until(() => /^Click a result of Dawbridge first/.test(stage.max.ui.message));
});

for (const [what, add] of [
  ["a clip", (stage, track) => stage.set.addClip(track, stage.audio("/Users/ana/mine.wav", 1), 90)],
  ["a device", (stage, track) => track.devices.push({ id: 9_999 })],
  ["a clip in a slot", (stage, track) => stage.set.addClip(track, stage.audio("/Users/ana/mine.wav", 1), 0, { slot: track.slots[0] })],
  ["a clip in a lane", (stage, track) => stage.set.addClip(stage.set.addLane(track), stage.audio("/Users/ana/mine.wav", 1), 0)],
]) {
  test(`discard: the user has put ${what} on our track: only our clips go`, () => {
    const stage = new Stage();
    stage.land("repaint", { variants: 1 });
    const [track] = stage.ours;
    add(stage, track);
    stage.max.message("discard");
    stage.until(() => /^Our clips are taken back; tracks with things of yours/.test(stage.max.ui.message));
    assert.ok(stage.set.tracks.includes(track));
    assert.equal(track.clips.filter((clip) => clip.get("file_path").includes("take-")).length, 0);
  });
}

test("discard: of a result in the Session, its slots", () => {
  const stage = new Stage();
  const clip = stage.set.addClip(stage.track, stage.clip.get("file_path"), 0, { slot: stage.track.slots[0], warping: 1, loop_end: 8 });
  stage.set.view.put("detail_clip", clip);
  stage.land("repaint", { source: 1, variants: 1 });
  assert.deepEqual(stage.track.slots.map((slot) => Boolean(slot.clip)), [true, true, true, false]);
  stage.max.message("pick", 1);
  stage.until(() => /^Variants of a Session clip lie in slots/.test(stage.max.ui.message));
  stage.max.message("discard");
  stage.until(() => /^Taken back/.test(stage.max.ui.message));
  assert.deepEqual(stage.track.slots.map((slot) => slot.clip ?? null), [clip, null, null, null]);
});

test("results are remembered with the set: after Live was started anew they can be picked", () => {
  const stage = new Stage();
  stage.land("repaint", { variants: 1 });
  stage.advance(500);
  const { symbol } = stage.max;
  stage.max.end(true);
  stage.shared = {};
  stage.device().start(symbol);
  stage.advance(2_000);
  assert.equal(stage.max.ui["keep.active"], 1);
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
});

for (const version of [[12, 3, 5], [12, 1, 0]]) {
  test(`a take was chosen before it was laid in (Live ${version.join(".")}): it is the one that is heard`, () => {
    const stage = new Stage({ live: { version } });
    const request = stage.ask("repaint", { variants: 2 });
    stage.set.song.put("record_mode", 1);
    stage.done(request);
    stage.bridge.tell(request.job, { event: "place", take: stage.takes(request)[1] });
    stage.advance(2_000);
    stage.set.song.put("record_mode", 0);
    stage.until(() => /^Done/.test(stage.max.ui.message));
    assert.equal(stage.max.ui.pick, 1);
    if (version[1] === 3) assert.deepEqual(mains(stage), ["take-2.wav"]);
    else assert.deepEqual(stage.ours.map((track) => track.get("mute")), [1, 0, 1]);
  });
}

/** Takes with two stems each, as an engine makes them that can. */
function withStems(stage, request, count) {
  const takes = stage.takes(request, count);
  for (const take of takes) {
    const [part] = take.parts;
    part.stems = ["drums", "bass"].map((role) => ({ role, path: stage.audio(take.path.replace(".wav", `.stems/${role}.wav`), part.samples / part.span.rate) }));
  }
  stage.bridge.tell(request.job, { event: "done", takes });
  stage.until(() => /^Done/.test(stage.max.ui.message));
}

test("stems are asked for: those of the variant that is heard, on muted tracks below; discard takes them too", () => {
  const stage = new Stage();
  withStems(stage, stage.ask("repaint", { stems: 1, variants: 1 }), 2);
  assert.deepEqual(stage.ours.map((track) => [track.get("name").split(" · ")[0], track.get("mute"), stage.clips(track)[0].slice(1)]), [
    ["Repaint of 3 Vocals", 0, [12, 16]], ["drums for 3 Vocals", 1, [12, 16]], ["bass for 3 Vocals", 1, [12, 16]],
  ]);
  assert.ok(stage.ours[1].clips[0].get("file_path").endsWith("/take-1.stems/drums.wav"));
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
  assert.deepEqual(mains(stage), ["take-2.wav"]);
  stage.max.message("discard");
  stage.until(() => /^Taken back/.test(stage.max.ui.message));
  assert.deepEqual(stage.set.tracks, [stage.track]);
});

test("stems are not asked for, or the engine has only the mix: no further tracks", () => {
  const stage = new Stage();
  withStems(stage, stage.ask("repaint", { stems: 0, variants: 0 }), 1);
  assert.equal(stage.ours.length, 1);
  stage.land("repaint", { stems: 1, variants: 0 });
  assert.equal(stage.ours.length, 2);
});

test("pick: Live does not take the file of the variant: the one that lay there comes back", () => {
  const stage = new Stage();
  const request = stage.land("repaint", { variants: 1 });
  const path = stage.takes(request)[1].path;
  stage.files.delete(path);
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === `Live did not take the file, and does not say why. Drag it in: ${path}`);
  assert.deepEqual(mains(stage), ["take-1.wav"]);
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [12, 16]);
  assert.equal(stage.max.ui.pick, 0);
});

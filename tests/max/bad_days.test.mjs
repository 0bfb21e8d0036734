// What goes wrong on an ordinary bad day, and the sentence that a musician reads then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOME, Stage } from "./fake/stage.mjs";

const isDone = (stage) => () => /^Done/.test(stage.max.ui.message);

test("no bridge runs: the strip says what to do, the job waits, and goes when the bridge comes", () => {
  const stage = new Stage({ bridge: false });
  assert.match(stage.max.ui.status, /^Dawbridge does not run\. Start it with `dawbridge up` in a terminal/);
  assert.equal(stage.max.ui.dot, 0);
  stage.press("repaint", { variants: 0 });
  stage.until(() => /^The job waits\. Dawbridge does not run/.test(stage.max.ui.status));
  const late = new Stage({ clock: stage.clock, disk: stage.disk, loaded: false });
  stage.bridge = late.bridge;
  stage.bridge.wire = stage.wire;
  stage.wire.bridge = stage.bridge;
  stage.until(() => stage.bridge.jobs.size === 1);
  stage.done(stage.bridge.last);
  stage.until(isDone(stage));
});

test("connection.json is old and nobody answers behind it", () => {
  const stage = new Stage({ loaded: false });
  stage.bridge.answers = false;
  stage.device().start();
  stage.until(() => /^Dawbridge does not answer\. Start it anew/.test(stage.max.ui.status));
  stage.bridge.answers = true;
  stage.until(() => stage.max.ui.status === "Engine ready");
});

test("a bridge that was killed left its file, and a new one starts while the old one is knocked at", () => {
  const stage = new Stage({ loaded: false });
  stage.bridge.answers = false;
  stage.device().start();
  stage.advance(2_500);
  assert.equal(stage.max.ui.status, "Looking for Dawbridge …");
  Object.assign(stage.bridge, { answers: true, key: "n".repeat(32), port: 40_002 });
  stage.bridge.write();
  stage.advance(1_500);
  assert.equal(stage.max.ui.status, "Engine ready");
});

test("connection.json is half, empty, of another version, or something else", () => {
  const stage = new Stage({ loaded: false });
  const path = `${HOME}/connection.json`;
  stage.device();
  for (const [text, status] of [["", /does not run/], ['{"version":1,"osc":{"po', /does not run/], ["[1]", /does not run/], ['{"version":2,"key":"k","osc":{"port":1}}', /^Device and bridge are of different versions/]]) {
    stage.disk.put(path, text);
    stage.max.end();
    stage.device().start();
    stage.until(() => status.test(stage.max.ui.status));
    assert.deepEqual(stage.faults, []);
  }
});

test("Send is pressed twice in a hurry: the second press is told to wait", () => {
  const stage = new Stage();
  stage.press("repaint");
  stage.max.message("send");
  assert.match(stage.max.ui.message, /^Still listening to the set/);
  stage.advance(3_000);
  assert.equal(stage.bridge.jobs.size, 1);
});

test("two jobs after one another both land", () => {
  const stage = new Stage();
  const one = stage.ask("repaint", { variants: 0 });
  const two = stage.ask("repaint", { variants: 0 });
  stage.done(two);
  stage.done(one);
  stage.until(() => stage.ours.length === 2);
});

test("cancel: told until it is answered; nothing is laid in", () => {
  const stage = new Stage();
  stage.ask("repaint");
  stage.until(() => stage.max.ui["cancel.active"] === 1);
  let lost = 2;
  stage.wire.lose = (direction, address) => address.endsWith("/cancel") && lost-- > 0;
  stage.max.message("cancel");
  assert.equal(stage.max.ui.status, "Stopping …");
  stage.until(() => stage.max.ui.message === "Stopped. Nothing was laid in.");
  assert.equal(stage.ours.length, 0);
  stage.max.message("cancel");
  assert.match(stage.max.ui.message, /^No job is running/);
});

test("cancel while no bridge runs: the job that was never sent is gone", () => {
  const stage = new Stage({ bridge: false });
  stage.press("repaint");
  stage.until(() => /^The job waits/.test(stage.max.ui.status));
  stage.max.message("cancel");
  stage.until(() => stage.max.ui.message === "Stopped. Nothing was laid in.");
});

test("the result comes after the cancel: it is not laid in, and its file is named", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.until(() => stage.max.ui["cancel.active"] === 1);
  stage.bridge.answer = () => {};
  stage.max.message("cancel");
  stage.done(request);
  stage.until(() => /^It was finished before it could be stopped\. It was not laid in; the file is kept: .*take-1\.wav$/.test(stage.max.ui.message));
  stage.advance(3_000);
  assert.equal(stage.ours.length, 0);
});

test("done comes twice, minutes apart: one result", () => {
  const stage = new Stage();
  const request = stage.land("repaint", { variants: 0 });
  stage.advance(120_000);
  stage.bridge.send(stage.bridge.jobs.get(request.job).client, { event: "done", job: request.job, seq: 103, takes: stage.takes(request) });
  stage.bridge.tell(request.job, { event: "done", takes: stage.takes(request) });
  stage.advance(3_000);
  assert.equal(stage.ours.length, 1);
});

test("the job failed: the bridge's sentence and what to do; without a hint that of the code", () => {
  const stage = new Stage();
  const first = stage.ask("repaint");
  stage.bridge.tell(first.job, { event: "failed", error: { code: "engine_lost", message: "The engine died twice on this job.", hint: "Retry." } });
  stage.until(() => stage.max.ui.message === "The engine died twice on this job. Retry.");
  const second = stage.ask("repaint");
  stage.bridge.tell(second.job, { event: "failed", error: { code: "disk_full", message: "The disk is full." } });
  stage.until(() => /^The disk is full\. Free some space/.test(stage.max.ui.message));
  assert.equal(stage.max.ui["cancel.active"], 0);
});

test("the job was refused: said, and not sent again", () => {
  const stage = new Stage();
  stage.bridge.refusal = { code: "too_long", message: "The span is too long.", hint: "Select a shorter range." };
  stage.press("repaint");
  stage.until(() => stage.max.ui.message === "The span is too long. Select a shorter range.");
  const count = stage.wire.letters("repaint").length;
  stage.advance(10_000);
  assert.equal(stage.wire.letters("repaint").length, count);
});

test("a job without a take is a failure", () => {
  const stage = new Stage();
  const request = stage.ask("repaint");
  stage.bridge.tell(request.job, { event: "done", takes: [] });
  stage.until(() => /^The job ended without a take/.test(stage.max.ui.message));
});

test("the disk is full for our memory: the job goes on, the set still remembers", () => {
  const stage = new Stage();
  stage.disk.room = 20;
  const request = stage.ask("repaint", { variants: 0 });
  assert.ok(JSON.parse(stage.max.symbol).jobs.some((job) => job.id === request.job));
  stage.disk.room = Infinity;
  stage.done(request);
  stage.until(isDone(stage));
});

test("a name with quotes, commas and braces stays what it is", () => {
  const stage = new Stage();
  stage.track.put("name", `5 "Vox", {start} $1; \\ ü`);
  stage.land("repaint", { variants: 0, tags: "{number}, $&, \"x\"" });
  assert.ok(stage.ours[0].get("name").startsWith(`Repaint of 5 "Vox", {start} $1; \\ ü · `));
  assert.ok(stage.ours[0].clips[0].get("name").includes(`{number}, $&, "x"`));
});

test("a range shorter than a tenth of a second", () => {
  const stage = new Stage({ live: { tempo: 999 } });
  stage.brace(12, 13);
  assert.match(stage.refusal("generate", { source: 0 }), /^The range is shorter than a tenth of a second/);
});

test("the page cannot be written: it says what there is instead", () => {
  const stage = new Stage();
  stage.disk.write = () => false;
  stage.max.message("page");
  assert.match(stage.max.ui.message, /dawbridge jobs/);
});

test("an error of our own is said and noted, and the device goes on", () => {
  const stage = new Stage();
  const original = stage.set.song.props.tracks;
  stage.set.song.props.tracks = () => { throw new Error("odd"); };
  stage.press("repaint");
  stage.until(() => stage.max.ui.message === "The device met an error of its own: odd. Please report it; the jobs go on.");
  stage.set.song.props.tracks = original;
  stage.land("repaint", { variants: 0 });
});

test("the device is deleted while a job runs: nothing of it stirs any more", () => {
  const stage = new Stage();
  const request = stage.ask("repaint");
  stage.max.end();
  const count = stage.wire.sent.length;
  stage.done(request);
  stage.advance(30_000);
  assert.equal(stage.wire.sent.length, count);
  assert.equal(stage.ours.length, 0);
});

for (const cost of [0.1, 0.5, 1]) {
  test(`Live never stands still for more than 5 ms, at ${cost} ms for each call into it`, () => {
    const stage = new Stage({ max: { cost, heavyCalls: 2 }, clip: null });
    for (let index = 0; index < 12; index += 1) {
      const track = stage.set.addTrack({ name: `Track ${index}` });
      for (let count = 0; count < 20; count += 1) stage.set.addClip(track, stage.audio(`/Users/ana/${index}-${count}.wav`, 4), count * 8, { warping: 1 });
      stage.set.addCue(index * 16, `Part ${index}`);
    }
    stage.max.message("loaded");
    stage.advance(2_000);
    stage.set.view.put("selected_track", stage.set.tracks[3]);
    stage.land("repaint", { variants: 3 });
    stage.land("layer", { variants: 1 });
    stage.max.message("pick", 1);
    stage.until(() => stage.max.ui.message === "Variant 2 plays.");
    stage.set.view.put("detail_clip", stage.ours[0].clips[0]);
    stage.max.message("keep");
    stage.until(() => / is kept\.$/.test(stage.max.ui.message));
    stage.max.message("discard");
    stage.until(() => /^Taken back/.test(stage.max.ui.message));
    assert.ok(stage.max.longest <= 5, `${stage.max.longest} ms`);
    assert.deepEqual(stage.faults, []);
  });
}

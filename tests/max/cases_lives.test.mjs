// Tricky cases 17 and 19: devices that come, go, are doubled; old and new script engines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "./fake/clock.mjs";
import { HOME, SONG, Stage, VOICE } from "./fake/stage.mjs";

const isDone = (stage) => () => /^Done/.test(stage.max.ui.message);

/** Live is started anew, with the set as it was saved: its tracks have other ids, and `symbol` in the hidden parameter. */
function reopen(stage, symbol, live = {}) {
  stage.max.end(true);
  const fresh = new Stage({ clock: stage.clock, disk: stage.disk, bridge: false, loaded: false, live });
  Object.assign(fresh, { wire: stage.wire, bridge: stage.bridge, files: stage.files });
  fresh.set.files = (path) => stage.files.get(path) ?? null;
  fresh.device().start(symbol);
  fresh.advance(2_000);
  return fresh;
}

test("17. two devices in one set: each has its port and its name, each gets its own result", () => {
  const stage = new Stage();
  const first = stage.max;
  const one = stage.ask("repaint", { variants: 0 });
  stage.device().start();
  stage.advance(2_000);
  const two = stage.ask("generate", { source: 0, variants: 0 });
  assert.notEqual(stage.bridge.jobs.get(one.job).client, stage.bridge.jobs.get(two.job).client);
  stage.done(one);
  stage.done(two);
  stage.until(() => stage.ours.length === 2);
  stage.until(() => /^Done/.test(first.ui.message) && isDone(stage)());
});

test("17. a device that was duplicated comes with the other's memory, and takes a name of its own", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  const symbol = stage.max.symbol;
  const first = stage.max;
  stage.device().start(symbol);
  stage.advance(2_000);
  assert.notEqual(JSON.parse(stage.max.symbol).client, JSON.parse(first.symbol).client);
  stage.done(request);
  stage.until(() => /^Done/.test(first.ui.message));
  stage.advance(3_000);
  assert.equal(stage.ours.length, 1);
});

test("17. live.thisdevice bangs again after a preset: nothing is doubled", () => {
  const stage = new Stage();
  const watchers = () => stage.set.song.observers.length + stage.set.view.observers.length;
  const before = watchers();
  for (let count = 0; count < 3; count += 1) stage.max.message("loaded");
  stage.advance(3_000);
  assert.equal(watchers(), before);
  stage.land("repaint", { variants: 0 });
  stage.advance(3_000);
  assert.equal(stage.ours.length, 1);
});

test("17. the device is moved to another track: its result lands where it was asked for", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  const symbol = stage.max.symbol;
  stage.max.end();
  stage.device().start(symbol);
  stage.done(request);
  stage.until(() => stage.ours.length === 1);
});

test("17. Live is closed while the job runs, the set saved: the result waits and lands at the next opening", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 1 });
  const symbol = stage.max.symbol;
  stage.max.end(true);
  stage.done(request);
  stage.advance(60_000);
  assert.equal(stage.ours.length, 0);
  const fresh = reopen(stage, symbol);
  fresh.until(() => fresh.ours.length === 1 && isDone(fresh)());
  assert.deepEqual(fresh.clips(fresh.ours[0])[0].slice(1), [12, 16]);
  assert.equal(fresh.set.tracks.indexOf(fresh.ours[0]), 1);
});

test("17. an id of the evening before names another track and another clip today: only names count then", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  const fresh = reopen(stage, stage.max.symbol);
  const other = fresh.set.addTrack({ name: "Other" });
  const clip = fresh.set.addClip(other, VOICE, 100);
  fresh.set.giveId(other, stage.track.id);
  fresh.set.giveId(clip, stage.clip.id);
  fresh.done(request);
  fresh.until(() => fresh.ours.length === 1 && isDone(fresh)());
  assert.deepEqual(fresh.clips(fresh.ours[0])[0].slice(1), [12, 16]);
  assert.equal(fresh.set.tracks.indexOf(fresh.ours[0]), fresh.set.tracks.indexOf(fresh.track) + 1);
});

test("17. two tracks have the name of the one that was meant: the result goes to the end, beside neither", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  const fresh = reopen(stage, stage.max.symbol);
  fresh.set.addTrack({ name: "3 Vocals" });
  fresh.set.addTrack({ name: "Bass" });
  fresh.done(request);
  fresh.until(() => fresh.ours.length === 1 && isDone(fresh)());
  assert.equal(fresh.set.tracks.at(-1), fresh.ours[0]);
});

test("17. Live dies before the set was saved with the device in it: the disk remembers", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.advance(200);
  stage.max.end(true);
  stage.done(request);
  stage.advance(10_000);
  const fresh = reopen(stage, undefined);
  fresh.until(() => fresh.ours.length === 1 && isDone(fresh)());
});

test("17. Live dies while the memory is written, at any byte: what was remembered before is still there", () => {
  for (let torn = 1; torn < 3_000; torn += 61) {
    const stage = new Stage();
    const first = stage.ask("repaint", { variants: 0 });
    stage.advance(500);
    stage.disk.tornAfter = torn;
    stage.press("generate", { source: 0 });
    stage.advance(500);
    stage.disk.tornAfter = undefined;
    const fresh = reopen(stage, undefined);
    assert.ok(JSON.parse(fresh.max.symbol).jobs.some((job) => job.id === first.job), `after ${torn} bytes`);
  }
});

test("17. Live dies while the result is laid in: it is not laid in twice", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  const symbol = stage.max.symbol;
  stage.done(request);
  stage.until(() => stage.ours.length === 1 && stage.ours[0].clips.length === 1);
  stage.max.end(true);
  stage.shared = {};
  stage.device().start(symbol);
  stage.until(isDone(stage));
  assert.equal(stage.ours.length, 1);
});

test("17. the engine dies and comes back: the strip says so, the job goes on", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.until(() => stage.max.ui.status === "In the queue");
  stage.bridge.send(stage.bridge.jobs.get(request.job).client, { event: "engine", state: "down" });
  stage.until(() => stage.max.ui.status === "Engine is down");
  stage.bridge.send(stage.bridge.jobs.get(request.job).client, { event: "engine", state: "ready" });
  stage.bridge.tell(request.job, { event: "started", attempt: 2 });
  stage.until(() => stage.max.ui.status === "At work");
  stage.done(request);
  stage.until(isDone(stage));
});

test("17. another set is opened with a copy of the device: the late result waits for its own set", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  const symbol = stage.max.symbol;
  stage.max.end(true);
  stage.done(request);
  const other = reopen(stage, symbol, { path: "/Users/ana/Music/Other Project/Other.als" });
  other.until(() => other.max.ui.message === "Finished; it is laid in when its set is open again.");
  assert.equal(other.ours.length, 0);
  const own = reopen(other, symbol);
  own.until(() => own.ours.length === 1);
});

test("17. the set was renamed in between: the result lands, for nothing lies at the old place", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  const symbol = stage.max.symbol;
  stage.disk.files.delete(SONG);
  stage.done(request);
  const fresh = reopen(stage, symbol, { path: "/Users/ana/Music/Song Project/Renamed.als" });
  fresh.until(() => fresh.ours.length === 1);
});

test("17. no memory of more than Max's symbols can hold: the disk has the rest", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { words: "la ".repeat(9_000), variants: 0 });
  stage.advance(1_000);
  assert.ok(stage.max.symbol.length < 24_001);
  const symbol = stage.max.symbol;
  stage.done(request);
  const fresh = reopen(stage, symbol);
  fresh.until(() => fresh.ours.length === 1);
});

for (const engine of ["js", "v8"]) {
  test(`19. [${engine}]: every verb, the same messages`, () => {
    const stage = new Stage({ max: { engine } });
    const words = stage.land("repaint", { variants: 0 });
    for (const verb of ["extend_left", "extend_right", "generate", "edit", "layer"]) stage.land(verb, { source: 0, words: "[verse]\nla", variants: 0 });
    for (const verb of ["retake", "again"]) stage.land(verb, {});
    assert.equal(words.request, "repaint");
    assert.deepEqual(stage.faults, []);
    assert.equal(stage.ours.length, 8);
  });
}

test("19. nothing of LiveAPI is touched before the device is loaded", () => {
  const stage = new Stage({ loaded: false });
  const max = stage.device();
  for (const [name, value] of [["rate", 44_100], ["memory", "nonsense"], ["operation", 2], ["tags", "a"], ["source", 1], ["osc", "/dawbridge/1/done"]]) max.message(name, value);
  stage.advance(5_000);
  assert.deepEqual(max.errors, []);
  assert.deepEqual(stage.wire.sent, []);
});

test("19. memory that comes before `loaded`, after it, much later, or is no memory at all", () => {
  const stage = new Stage();
  const symbol = stage.max.symbol;
  const { client } = JSON.parse(symbol);
  stage.max.end();
  stage.device().isReady = true;
  stage.max.message("memory", symbol);
  stage.max.message("loaded");
  stage.advance(1_000);
  assert.equal(stage.bridge.heard.at(-1).client, client);
  stage.max.end();
  stage.device().start();
  stage.advance(5_000);
  stage.max.message("memory", symbol);
  stage.advance(1_000);
  assert.equal(stage.bridge.heard.at(-1).client, client);
  stage.max.message("memory", "0");
  stage.max.message("memory", '{"client":3,"end":"dawbridge"}');
  stage.advance(1_000);
  assert.equal(stage.bridge.heard.at(-1).client, client);
  assert.deepEqual(stage.faults, []);
});

test("19. observers fire during initialisation and in the middle of everything: Live is not changed from there", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.done(request);
  for (let count = 0; count < 40; count += 1) {
    stage.brace(12 + count, 16 + count);
    stage.advance(30);
  }
  stage.until(isDone(stage));
  stage.until(() => stage.max.ui.subject === "Source: 3 Vocals, bars 13.4 to 14.4");
  assert.deepEqual(stage.faults, []);
});

test("19. a message that nobody knows is noted, and nothing else", () => {
  const stage = new Stage();
  stage.max.message("unheard_of", 1);
  assert.ok(stage.console.some((line) => line.includes("message.unknown name=unheard_of")));
  assert.ok(HOME);
});

test("a set that is only looked at is not changed: nothing is written into it", () => {
  const stage = new Stage();
  stage.land("repaint", { variants: 0 });
  stage.advance(1_000);
  const { symbol } = stage.max;
  const fresh = reopen(stage, symbol);
  fresh.advance(60_000);
  assert.deepEqual(fresh.max.symbols, []);
  assert.equal(fresh.max.ui["keep.active"], 1);
});

test("the wrong key in connection.json does not make the script knock without end", () => {
  const stage = new Stage();
  stage.bridge.key = "o".repeat(32);
  stage.press("repaint");
  const before = stage.wire.sent.length;
  stage.advance(20_000);
  assert.ok(stage.wire.sent.length - before < 400);
  stage.bridge.write();
  stage.until(() => stage.bridge.jobs.size === 1);
});

test("a Max without Global: the device works, alone", () => {
  const stage = new Stage({ loaded: false });
  delete stage.device().context.Global;
  stage.max.start();
  stage.advance(2_000);
  stage.land("repaint", { variants: 0 });
});

test("17. the device is deleted while Live is half gone: the disk has what it knew, and nothing throws", () => {
  const stage = new Stage();
  stage.ask("repaint", { variants: 0 });
  const props = stage.set.song.props;
  stage.set.song.props = new Proxy(props, { get: () => { throw new Error("gone"); }, has: () => true });
  stage.max.end();
  stage.set.song.props = props;
  assert.deepEqual(stage.max.errors, []);
});

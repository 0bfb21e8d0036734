// Tricky case 13: what UDP and OSC do to messages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOME, Stage } from "./fake/stage.mjs";

const asked = (stage) => stage.bridge.heard.filter(({ message }) => message.request === "repaint");

test("13. every first datagram is lost, both ways: the job is accepted all the same, once", () => {
  const stage = new Stage({ loaded: false });
  stage.wire.lose = (direction, address, count) => count === 1;
  stage.device().start();
  stage.until(() => stage.max.ui.status === "Engine ready");
  const request = stage.ask("repaint");
  stage.until(() => /queue/.test(stage.max.ui.status));
  assert.equal(stage.bridge.jobs.size, 1);
  assert.equal(asked(stage)[0].message.job, request.job);
});

test("13. datagrams come twice: one job, one result, every kept event acknowledged", () => {
  const stage = new Stage();
  stage.wire.doubles = true;
  stage.land("repaint", { variants: 0 });
  stage.advance(5_000);
  assert.equal(stage.ours.length, 1);
  assert.deepEqual(stage.clips(stage.ours[0]).length, 1);
  assert.deepEqual([...new Set(stage.bridge.acks)].sort(), [101, 102, 103]);
});

test("13. acknowledgements are lost: what comes again is acknowledged again, and does nothing more", () => {
  const stage = new Stage();
  stage.wire.lose = (direction, address) => address.endsWith("/ack");
  stage.land("repaint", { variants: 0 });
  assert.deepEqual(stage.bridge.acks, []);
  stage.wire.lose = () => false;
  for (const { client, event } of stage.bridge.kept) stage.bridge.send(client, event);
  stage.advance(5_000);
  assert.deepEqual([...new Set(stage.bridge.acks)].sort(), [101, 102, 103]);
  assert.equal(stage.ours.length, 1);
});

test("13. done overtakes accepted and started: the result is laid in once", () => {
  const stage = new Stage();
  stage.press("repaint", { variants: 0 });
  const delays = [300, 200, 1];
  stage.wire.delay = () => delays.shift() ?? 1;
  stage.until(() => stage.bridge.jobs.size === 1);
  stage.done(stage.bridge.last);
  stage.advance(5_000);
  assert.equal(stage.ours.length, 1);
  assert.match(stage.max.ui.message, /^Done/);
  assert.equal(stage.max.ui.status, "Engine ready");
});

test("13. a request is repeated until it is answered, unchanged, and no more then", () => {
  const stage = new Stage();
  let isDeaf = true;
  stage.wire.lose = (direction, address) => isDeaf && direction === "out" && address.endsWith("/repaint");
  stage.press("repaint");
  stage.advance(6_000);
  const sent = stage.wire.letters("repaint").map((letter) => JSON.stringify(letter));
  assert.ok(sent.length >= 4);
  assert.equal(new Set(sent).size, 1);
  isDeaf = false;
  stage.until(() => stage.bridge.jobs.size === 1);
  const before = stage.wire.letters("repaint").length;
  stage.advance(20_000);
  assert.ok(stage.wire.letters("repaint").length - before <= 1);
});

test("13. a letter of more than 1,400 bytes goes by file, which is complete before its path is told", () => {
  const stage = new Stage();
  const words = "[verse]\nEine Zeile mit Umlauten: äöü 🎵\n".repeat(400);
  const request = stage.ask("repaint", { words });
  assert.equal(request.lyrics, words.trim());
  const told = stage.wire.sent.filter(({ atoms }) => atoms[0] === "/dawbridge/1/file");
  assert.ok(told.length >= 1);
  assert.ok(told[0].atoms[3].startsWith(`${HOME}/outbox/`));
  assert.equal(stage.wire.letters("repaint").length, 0);
});

test("13. a letter that the disk does not take is not told of, and is written again later", () => {
  const stage = new Stage();
  stage.disk.room = 500;
  stage.press("repaint", { words: "la ".repeat(900) });
  stage.advance(3_000);
  assert.equal(stage.wire.sent.filter(({ atoms }) => atoms[0] === "/dawbridge/1/file").length, 0);
  stage.disk.room = Infinity;
  stage.until(() => stage.bridge.jobs.size === 1);
});

test("13. an event that comes by file is read, however long", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 3 });
  assert.ok(JSON.stringify(stage.takes(request)).length > 1_300);
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
  assert.equal(stage.ours[0].lanes.length, 4);
});

test("13. an event file that is gone, or that is no event, is noted and harmless", () => {
  const stage = new Stage();
  stage.max.message("osc", "/dawbridge/1/file", `${HOME}/outbox/gone.json`);
  stage.disk.put(`${HOME}/outbox/half.json`, '{"event":"done","job":"x');
  stage.max.message("osc", "/dawbridge/1/file", `${HOME}/outbox/half.json`);
  for (const garbage of ["", "[]", "null", "7", '{"event":"finished"}', "\u0000"]) stage.max.message("osc", "/dawbridge/1/done", garbage);
  stage.max.message("osc", "/dawbridge/1/unheard_of", "{}");
  stage.max.message("osc", "/other/1/done", "{}");
  stage.advance(1_000);
  assert.deepEqual(stage.faults, []);
  assert.equal(stage.max.ui.status, "Engine ready");
});

test("13. texts of digits and empty texts stay texts", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { tags: 80, words: "" });
  assert.deepEqual([request.tags, request.lyrics], ["80", ""]);
  stage.set.view.put("selected_track", stage.track);
  stage.track.put("name", "909");
  assert.match(stage.land("repaint", { tags: "" }) && stage.ours.at(-1).get("name"), /^Repaint of 909/);
});

test("13. beat 70,000: no float of OSC carries a position", () => {
  const stage = new Stage({ clip: null });
  stage.set.addClip(stage.track, stage.audio("/Users/ana/long.wav", 40_000), 0);
  stage.brace(70_000.25, 70_004.25);
  const request = stage.ask("repaint", { variants: 0 });
  assert.deepEqual(request.span, { start: 1_680_006_000, end: 1_680_102_000, rate: 48_000 });
  for (const { atoms } of stage.wire.sent) for (const atom of atoms) assert.ok(typeof atom === "string" || Number.isInteger(atom));
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
  assert.equal(stage.clips(stage.ours[0])[0][1], 70_000.25);
});

for (const seed of ["9007199254740991", "4294967296", "0"]) {
  test(`13. the seed ${seed} arrives to the last digit, though Max's integers have 32 bits`, () => {
    assert.equal(String(new Stage().ask("repaint", { seed }).seed), seed);
  });
}

for (const seed of ["9007199254740992", "-1", "1.5", "1e9", "abc"]) {
  test(`13. the seed “${seed}” is refused`, () => {
    assert.match(new Stage().refusal("repaint", { seed }), new RegExp(`^The seed must be a whole number .* it is “${seed.replace(".", "\\.")}”`));
  });
}

test("the port is taken: another one is tried until a welcome comes", () => {
  const stage = new Stage({ loaded: false });
  stage.wire.takesNext = 2;
  stage.device().start();
  stage.until(() => stage.max.ui.status === "Engine ready");
  const ports = stage.wire.sent.filter(({ atoms }) => atoms[0] === "/dawbridge/1/port").map(({ atoms }) => atoms[3]);
  assert.equal(new Set(ports).size, 3);
  assert.ok(ports.every((port) => port >= 49_152 && port <= 65_535));
});

test("the bridge is started anew, with another key and port: the script finds it and goes on", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  Object.assign(stage.bridge, { key: "n".repeat(32), port: 40_001, ports: new Map() });
  stage.bridge.write();
  stage.advance(9_000);
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
  assert.equal(stage.ours.length, 1);
});

test("an event that was lost for good is asked for again, because the job still waits", () => {
  const stage = new Stage();
  const first = stage.ask("repaint", { variants: 0 });
  stage.wire.lose = (direction, address) => direction === "in" && /\/(started|done)$/.test(address);
  stage.done(first);
  stage.wire.lose = () => false;
  const second = stage.ask("generate", { source: 0, variants: 0 });
  stage.done(second);
  stage.until(() => stage.ours.length === 2);
  assert.deepEqual(stage.faults, []);
});

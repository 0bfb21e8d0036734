/** What two recipes have in common and what not; how long a job still takes; days and first lines. Run by `node --test`. */

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import test from "node:test";

const from = (name) => import(pathToFileURL(`${process.env.PANEL_JS}/${name}`));
const { differences, fieldsOf, flat, linesBeside } = await from("history/differences.js");
const { Left, leftWords } = await from("queue/left.js");
const { dayOf, firstLine } = await from("history/names.js");
const { size, length } = await from("queue/words.js");

const told = (more = {}, recipe = {}) => ({
  line: { seed: 7, backend: "ace-step-v1" },
  request: { request: "repaint", job: "a" },
  rendered: { request: "repaint", job: "a", tags: "lofi", music: { bpm: 90, meter: "4/4" }, span: { start: 48000, end: 96000, rate: 48000 }, seed: 1, ...more },
  recipe: { model: "ACE-Step v1", notes: ["x"], number: 2, ...recipe },
});

test("a recipe becomes one list of fields, without what is no part of the music", () => {
  const fields = fieldsOf(told());
  assert.deepEqual(fields, {
    task: "repaint", tags: "lofi", "music.bpm": 90, "music.meter": "4/4", span: "1.000 to 2.000 s (samples 48,000 to 96,000 at 48,000 Hz)",
    model: "ACE-Step v1", seed: 7, backend: "ace-step-v1",
  });
});

test("a take whose file is gone still has what was asked", () => {
  assert.equal(fieldsOf({ ...told(), recipe: null }).tags, "lofi");
});

test("what differs comes first, in the order in which people ask for it", () => {
  const rows = differences(fieldsOf(told()), fieldsOf(told({ tags: "funk", music: { bpm: 100, meter: "4/4" } })));
  assert.deepEqual(rows.filter((row) => !row.same).map((row) => row.path), ["tags", "music.bpm"]);
  assert.ok(rows.findIndex((row) => row.same) > 1);
});

test("a field that only one has differs", () => {
  const rows = differences({ tags: "a" }, { tags: "a", language: "de" });
  assert.deepEqual(rows.filter((row) => !row.same).map((row) => [row.path, row.one, row.other]), [["language", undefined, "de"]]);
});

test("LoRAs are read whole", () => {
  assert.equal(flat({ loras: [{ path: "lora:rap", weight: 0.5, honour_metadata: true }] }).loras, "lora:rap, weight 0.5, honour_metadata yes");
});

test("lines of two lyrics stand beside one another", () => {
  assert.deepEqual(linesBeside("a\nb\nc", "a\nx\nc\nd"), [["a", "a", true], ["b", "x", false], ["c", "c", true], [null, "d", false]]);
  assert.deepEqual(linesBeside("", "a"), [["", "a", false]]);
});

test("time left is told from what was seen, and not at once", () => {
  const left = new Left();
  left.note(0.1, 10);
  assert.equal(left.seconds(10), null);
  left.note(0.2, 20);
  assert.ok(Math.abs(left.seconds(20) - 80) < 1e-9);
  assert.ok(Math.abs(left.seconds(25) - 75) < 1e-9);
  left.note(0.0, 30);
  assert.equal(left.seconds(30), null, "a new attempt begins anew");
});

test("time left in words", () => {
  assert.deepEqual([null, 0.5, 7.2, 41, 200, 7200].map(leftWords), ["", "nearly done", "about 8 s left", "about 45 s left", "about 3 min left", "about 2 h left"]);
});

test("days are counted from midnight to midnight", () => {
  const now = new Date(2026, 10, 22, 0, 30);
  assert.equal(dayOf(new Date(2026, 10, 22, 0, 10) / 1000, now), "Today");
  assert.equal(dayOf(new Date(2026, 10, 21, 23, 50) / 1000, now), "Yesterday");
  assert.equal(dayOf(new Date(2026, 10, 16) / 1000, now), "Monday 16 November 2026");
});

test("a song is remembered by its first sung line", () => {
  assert.equal(firstLine("[verse]\n\n  Morgenrot \nnext"), "Morgenrot");
  assert.equal(firstLine("[inst]"), "");
});

test("sizes and lengths as the command line says them", () => {
  assert.deepEqual([8_210_000_000, 364_005, 17].map(size), ["8.21 GB", "364 kB", "17 bytes"]);
  assert.deepEqual([4.2, 187].map(length), ["4.20 s", "3:07"]);
});

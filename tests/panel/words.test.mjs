/** Headings and languages of lines, versions beside one another, drafts of a song. */

import assert from "node:assert/strict";
import { test } from "node:test";

const { readLines, sectionOf, withLanguage } = await import(`${process.env.PANEL_JS}/lyrics/lines.js`);
const { changedWords, comparedTexts, sideBySide } = await import(`${process.env.PANEL_JS}/lyrics/compare.js`);

const { Drafts, changedVersions, nameOfTake, newDraft, newVersion, renders, stamp } = await import(`${process.env.PANEL_JS}/lyrics/draft.js`);

/** What a browser keeps, without one. */
class Storage {
  #kept = new Map();
  get length() { return this.#kept.size; }
  key(at) { return [...this.#kept.keys()][at] ?? null; }
  getItem(key) { return this.#kept.get(key) ?? null; }
  setItem(key, value) { this.#kept.set(key, String(value)); }
  removeItem(key) { this.#kept.delete(key); }
}

const SOURCE = { reference: "take:0000aaaa-generate/1", span: { start: 480, end: 96000, rate: 48000 }, timeline: 4800, project: "project:ab", music: { bpm: 90 }, tags: "folk" };
const SKETCH = { backend: "sketch", settings: ["language"] };

test("versions become edits that differ in nothing but their words", () => {
  const draft = { ...newDraft({ lyrics: "[verse]\nold", language: "en", tags: "folk" }), seed: 7, seeds: 3 };
  draft.versions.push(newVersion(draft.versions, "[verse]\nnew"));
  let count = 0;
  const [a, b] = renders(draft, draft.versions, SOURCE, SKETCH, (word) => `0000000${(count += 1)}-${word}`);
  assert.deepEqual({ ...a, job: "", lyrics: "" }, { ...b, job: "", lyrics: "" });
  assert.deepEqual([a.job, b.job, b.lyrics], ["00000001-edit", "00000002-edit", "[verse]\nnew"]);
  assert.deepEqual(b, {
    request: "edit", job: b.job, mode: "only_lyrics", source: { path: SOURCE.reference }, span: SOURCE.span, timeline: 4800, project: "project:ab", music: { bpm: 90 },
    backend: "sketch", tags: "folk", source_tags: "folk", source_lyrics: "[verse]\nold", language: "en", lyrics: "[verse]\nnew", seed: 7, variants: 3,
  });
});

test("only what was changed is rendered again", () => {
  const draft = { ...newDraft({ lyrics: "one" }), seed: 1 };
  const [version] = draft.versions;
  assert.deepEqual(changedVersions(draft), [version]);
  version.render = { job: "00000001-edit", stamp: stamp(draft, version), takes: [1, 2] };
  assert.deepEqual(changedVersions(draft), []);
  assert.deepEqual(changedVersions(draft, () => true), [version], "a render that failed is tried again with the same seeds");
  assert.equal(nameOfTake(draft, { job: "00000001-edit", number: 2 }), "A2");
  assert.equal(nameOfTake(draft, { job: "00000009-edit", number: 2 }), "");
  version.text = "two";
  assert.deepEqual(changedVersions(draft), [version]);
  version.isIn = false;
  assert.deepEqual(changedVersions(draft), []);
});

test("letters of versions that were removed are given again", () => {
  const versions = ["A", "B", "C"].map((name) => ({ name }));
  assert.equal(newVersion(versions).name, "D");
  assert.equal(newVersion([versions[0], versions[2]]).name, "B");
});

test("drafts outlive the page, the oldest are forgotten, and a full or broken store harms nobody", () => {
  const storage = new Storage();
  const drafts = new Drafts(storage);
  const { now } = Date;
  for (let at = 0; at < 25; at += 1) {
    Date.now = () => 1000 + at;
    drafts.keep(`take:${at}`, newDraft({ lyrics: `song ${at}` }), { title: String(at) });
  }
  Date.now = now;
  assert.deepEqual([drafts.list().length, drafts.list()[0].about.title], [20, "24"]);
  assert.equal(drafts.find("take:24").original, "song 24");
  assert.equal(drafts.find("take:0"), null);
  storage.setItem("dawbridge.lyrics.broken", "{");
  assert.equal(drafts.list().length, 20);
  assert.equal(drafts.find("broken"), null);
  storage.setItem = () => { throw new Error("full"); };
  assert.equal(drafts.keep("take:x", newDraft(), {}), false);
});

test("headings in many spellings are the ones that models know", () => {
  const meant = { "Verse 1": "verse", "CHORUS x2": "chorus", Refrain: "chorus", サビ: "chorus", "Strophe 2: Anna": "verse", "Pre-Chorus": "pre-chorus",
    "guitar solo": "solo", Instrumental: "inst", "Bridge (quiet)": "bridge", "Final Chorus": "chorus", "코드": "" };
  for (const [name, section] of Object.entries(meant)) assert.equal(sectionOf(name), section, name);
});

test("every line is what it is", () => {
  const lines = readLines("[Verse 1]\nHello, my friend\n\n[de] Guten Morgen\n(Refrain)\n(oh yeah)\n[chorus] Sing it\n[whatever]", "en");
  assert.deepEqual(lines.map((line) => line.kind), ["heading", "sung", "empty", "sung", "heading", "sung", "sung", "heading"]);
  assert.deepEqual(lines.map((line) => line.section), ["verse", "", "", "", "chorus", "", "chorus", ""]);
  assert.deepEqual(lines.map((line) => line.count), [0, 4, 0, 4, 0, 2, 2, 0]);
  assert.deepEqual(lines.map((line) => line.language), ["", "en", "", "de", "", "en", "en", ""]);
  assert.equal(lines[3].sung, "Guten Morgen");
});

test("letters go before the song's language where they cannot be read in it", () => {
  const [mixed, kanji, latin] = readLines("사랑해\n夜明け\nbaby", "ja");
  assert.equal(mixed.language, "ko");
  assert.equal(kanji.language, "ja");
  assert.equal(latin.language, "ja");
});

test("a line's own language is written before it, changed and taken away", () => {
  assert.equal(withLanguage("Guten Morgen", "de"), "[de] Guten Morgen");
  assert.equal(withLanguage("[de] Guten Morgen", "fr"), "[fr] Guten Morgen");
  assert.equal(withLanguage("[de] Guten Morgen", ""), "Guten Morgen");
  assert.equal(withLanguage("[verse]", ""), "[verse]");
});

const ORIGINAL = "[verse]\nThe moon is high tonight\nI walk alone\n[chorus]\nOver the sea";

test("sections that are alike are compared section by section", () => {
  const found = comparedTexts(ORIGINAL, "[Verse 1]\nThe sun is low tonight\n[Chorus]\nUnder the big tree", "en");
  assert.deepEqual(found.rows.filter((row) => row.line.kind === "sung").map((row) => row.fit), ["same", "near"]);
  assert.deepEqual(found.missing.map((line) => line.sung), ["I walk alone"]);
  assert.deepEqual([found.same, found.near, found.far, found.extra, found.sung, found.wanted], [1, 1, 0, 0, 2, 3]);
});

test("without the same sections, line by line in order", () => {
  const found = comparedTexts(ORIGINAL, "The sun is low tonight\nI run\nAcross the wide, wide water\nAnd on", "en");
  assert.deepEqual(found.rows.map((row) => row.fit), ["same", "far", "far", "new"]);
  assert.equal(found.extra, 1);
});

test("versions stand beside the original row by row, and nothing is lost", () => {
  const original = readLines(ORIGINAL, "en");
  const versions = ["[verse]\nOne line\n[chorus]\nTwo\nThree", "A\nB\nC\nD\nE"].map((text) => readLines(text, "en"));
  const rows = sideBySide(original, versions);
  const words = rows.map((row) => (row.heading ? row.heading : [row.before?.sung ?? "", ...row.lines.map((line) => line?.sung ?? "")].join("|")));
  assert.deepEqual(words, ["[verse]", "The moon is high tonight|One line|A", "I walk alone||B", "[chorus]", "Over the sea|Two|C", "|Three|D", "||E"]);
});

test("the words that are other are told", () => {
  const told = changedWords("The moon is high tonight", "The sun is high, tonight");
  assert.deepEqual(told.filter((word) => word.isNew).map((word) => word.text), ["sun"]);
  assert.equal(changedWords("", "all new").filter(({ text }) => text.trim()).every((word) => word.isNew), true);
  assert.deepEqual(changedWords("月亮代表我的心", "太阳代表我的心").filter((word) => word.isNew).map((word) => word.text), ["太", "阳"]);
});

test("the pieces of a line are the line", () => {
  for (const line of ["  The the  the, sun — rises ", "夜明け baby 夜明け", "", "«Où es-tu ?»"]) {
    assert.equal(changedWords("the sun 夜", line).map(({ text }) => text).join(""), line);
  }
});

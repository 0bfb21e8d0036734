/** Versions of the same song beside one another: which line stands where, and what is other in it. */

import { readLines } from "./lines.js";

/**
 * Lines of a version that stand for lines of the original: a list as long as the version's, of indices into the original's, -1 for none.
 *
 * Where both have the same headings, section by section; else in order, as a backend lays words on a melody.
 */
export function pairing(original, version) {
  const [before, after] = [sections(original), sections(version)];
  const alike = before.length === after.length && before.every((section, at) => section.name === after[at].name);
  const found = version.map(() => -1);
  const blocks = alike ? before.map((section, at) => [section.sung, after[at].sung]) : [[flat(before), flat(after)]];
  for (const [olds, news] of blocks) news.forEach((line, at) => { found[line] = olds[at] ?? -1; });
  return found;
}

/** [{ name, sung: indices of its sung lines }]; the first one has no name where words come before any heading. */
function sections(lines) {
  const found = [{ name: "", sung: [] }];
  lines.forEach((line, at) => {
    if (line.section || line.kind === "heading") found.push({ name: line.section || line.text.trim().toLowerCase(), sung: [] });
    if (line.kind === "sung") found.at(-1).sung.push(at);
  });
  return found[0].sung.length ? found : found.slice(1);
}

function flat(found) {
  return found.flatMap((section) => section.sung);
}

/**
 * How a line fits the melody of the original's: "same", "near" (one syllable off), "far", "new" (the original has no such line).
 */
export function fitOf(line, before) {
  if (line.kind !== "sung") return "";
  if (!before) return "new";
  const off = Math.abs(line.count - before.count);
  if (off === 0) return "same";
  return off === 1 || !line.sure || !before.sure ? "near" : "far";
}

/**
 * A version against the original: `{ rows, sung, wanted, same, near, far, missing }`.
 *
 * rows     one for each line of the version: { line, before, fit }; `before` is the line of the original, or null
 * sung     lines that are sung, wanted: those of the original
 * missing  sung lines of the original for which the version has no words
 */
export function compared(original, version) {
  const pairs = pairing(original, version);
  const rows = version.map((line, at) => {
    const before = pairs[at] >= 0 ? original[pairs[at]] : null;
    return { line, before, fit: fitOf(line, before) };
  });
  const count = (fit) => rows.filter((row) => row.fit === fit).length;
  const met = new Set(pairs.filter((at) => at >= 0));
  const missing = original.filter((line, at) => line.kind === "sung" && !met.has(at));
  return {
    rows,
    sung: version.filter((line) => line.kind === "sung").length,
    wanted: original.filter((line) => line.kind === "sung").length,
    same: count("same"),
    near: count("near"),
    far: count("far"),
    extra: count("new"),
    missing,
  };
}

/** The same from texts. */
export function comparedTexts(original, version, language = "") {
  return compared(readLines(original, language), readLines(version, language));
}

/**
 * A table of all versions, row by row along the original: [{ heading } or { before, lines: [line or null of each version] }].
 * Lines that the original does not have come at the end of their section, with `before` null.
 */
export function sideBySide(original, versions) {
  const rows = [];
  const pairs = versions.map((version) => pairing(original, version));
  const placed = versions.map(() => new Set());
  original.forEach((line, at) => {
    if (line.kind === "heading" || line.section) rows.push({ heading: line.kind === "heading" ? line.text.trim() : `[${line.section}]` });
    if (line.kind !== "sung") return;
    rows.push({
      before: line,
      lines: versions.map((version, number) => {
        const found = pairs[number].indexOf(at);
        if (found >= 0) placed[number].add(found);
        return found >= 0 ? version[found] : null;
      }),
    });
  });
  const left = versions.map((version, number) => version.filter((line, at) => line.kind === "sung" && !placed[number].has(at)));
  const most = Math.max(0, ...left.map((lines) => lines.length));
  for (let at = 0; at < most; at += 1) rows.push({ before: null, lines: left.map((lines) => lines[at] ?? null) });
  return rows;
}

const PIECE = /[\u3041-\u30ff\u3400-\u9fff]|[^\s\u3041-\u30ff\u3400-\u9fff]+/g;
const plain = (word) => word.toLowerCase().replace(/[^\p{L}\p{M}\p{N}']/gu, "");

/**
 * `after` in pieces, blanks and all: [{ text, isNew }]. What the longest common run of words with `before` leaves over is new.
 * Where words are not set apart by blanks, every character is a word.
 */
export function changedWords(before, after) {
  const [olds, news] = [before, after].map((text) => text.match(PIECE) ?? []);
  const common = commonRun(olds.map(plain), news.map(plain));
  const found = [];
  let at = 0;
  news.forEach((word, index) => {
    const start = after.indexOf(word, at);
    if (start > at) found.push({ text: after.slice(at, start), isNew: false });
    found.push({ text: word, isNew: !common.has(index) });
    at = start + word.length;
  });
  if (at < after.length) found.push({ text: after.slice(at), isNew: false });
  return found;
}

/** Indices into `news` of the longest common subsequence (Wagner and Fischer 1974, without substitution). */
function commonRun(olds, news) {
  const best = Array.from({ length: olds.length + 1 }, () => new Array(news.length + 1).fill(0));
  for (let i = olds.length - 1; i >= 0; i -= 1) {
    for (let j = news.length - 1; j >= 0; j -= 1) {
      best[i][j] = olds[i] === news[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const kept = new Set();
  for (let i = 0, j = 0; i < olds.length && j < news.length; ) {
    if (olds[i] === news[j]) {
      kept.add(j);
      i += 1;
      j += 1;
    } else if (best[i + 1][j] >= best[i][j + 1]) i += 1;
    else j += 1;
  }
  return kept;
}

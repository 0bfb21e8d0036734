/** The original and all versions as one table, line by line: to read aloud, to compare, to print. */

import { h } from "../dom.js";
import { changedWords, fitOf, sideBySide } from "./compare.js";
import { readLines } from "./lines.js";

export function sideBySideTable(draft) {
  const original = readLines(draft.original, draft.language);
  const versions = draft.versions.filter((version) => version.text.trim());
  const rows = sideBySide(original, versions.map((version) => readLines(version.text, draft.language)));
  const heads = ["Original", ...versions.map((version) => `Version ${version.name}`)];
  return h("div.lyric-table", { tabindex: "0", role: "region", "aria-label": "Versions line by line" },
    h("table", {},
      h("caption.unseen", {}, "Every line of the original beside the same line of each version, with syllables"),
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows.map((row) => (row.heading
        ? h("tr.lyric-heading", {}, h("th", { scope: "rowgroup", colspan: String(heads.length) }, row.heading))
        : h("tr", {}, cell(row.before, null), row.lines.map((line) => cell(line, row.before))))))));
}

function cell(line, before) {
  if (!line) return h("td.lyric-none", {}, h("span.unseen", {}, "no line"), "–");
  const words = before ? changedWords(before.sung, line.sung).map(({ text, isNew }) => (isNew ? h("mark", {}, text) : text)) : [line.sung];
  const count = h("span.lyric-count", { class: before ? `fit-${fitOf(line, before)}` : "", title: "syllables" }, `${line.sure ? "" : "≈"}${line.count}`);
  return h("td", { lang: line.language || null, dir: "auto" }, h("div.row.lyric-cell", {}, h("span.grow", {}, words), count));
}

/** Above the editors: headings, the language of a line, the original's words, the next line that does not fit. */

import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { languageOptions } from "./languages.js";
import { withLanguage } from "./lines.js";

const FIRST = ["verse", "pre-chorus", "chorus", "bridge", "inst", "outro"];
const NAMES = { inst: "Instrumental", "pre-chorus": "Pre-chorus" };

/** `editor()` is the one that is written in. */
export function makeToolbar(editor, codes) {
  const language = h("select", { "aria-label": "Language of this line", onchange: () => { const at = editor(); at.setLine(at.line, withLanguage(lineOf(at), language.value)); } });
  setCodes(codes);
  const heading = (name) => h("button.small", { type: "button", title: `Insert the heading [${name}]`, onclick: () => editor().insertHeading(name) }, NAMES[name] ?? name[0].toUpperCase() + name.slice(1));
  const original = h("button.small", { type: "button", title: "Put the original's words into this line", onclick: takeOriginal }, icon("restore"), "Original line");
  const misfit = h("button.small", { type: "button", title: "Go to the next line with more or fewer syllables than the original", onclick: nextMisfit }, icon("down"), "Next misfit");
  const element = h("div.lyric-toolbar", { role: "toolbar", "aria-label": "Line" },
    h("div.row", {}, FIRST.map(heading)),
    h("label.row.lyric-language", {}, h("span.small.quiet", {}, "Line sung in"), language),
    h("div.row", {}, original, misfit));

  function setCodes(given) {
    replace(language, languageOptions(given, "the song's language").map(([value, text]) => h("option", { value }, text)));
  }
  function takeOriginal() {
    const at = editor();
    const before = at.rows[at.line]?.before;
    if (before) at.setLine(at.line, before.text);
    else at.area.focus();
  }
  function nextMisfit() {
    const at = editor();
    const misfits = at.rows.map((row, index) => [row.fit, index]).filter(([fit]) => fit === "far" || fit === "near" || fit === "new").map(([, index]) => index);
    const next = misfits.find((index) => index > at.line) ?? misfits[0];
    if (next !== undefined) at.goTo(next);
    else at.area.focus();
  }
  /** Called as the caret moves. */
  function show() {
    const at = editor();
    const row = at.rows[at.line];
    language.value = row?.line.given ?? "";
    language.disabled = row?.line.kind !== "sung";
    original.disabled = !row?.before;
    misfit.disabled = !at.rows.some(({ fit }) => fit === "far" || fit === "near" || fit === "new");
  }
  return { element, show, setCodes };
}

function lineOf(editor) {
  return editor.text.split("\n")[editor.line] ?? "";
}

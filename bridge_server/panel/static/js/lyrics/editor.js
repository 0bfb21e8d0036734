/**
 * An editor for lyrics: a plain text area, with a number beside each line: its syllables, and those of the original's line.
 *
 * The numbers stand in a sheet of paper behind the text that breaks its lines in the same places, so they stay beside their
 * lines at every width and zoom. Rings "input" with the text, and "caret" with the index of the line that is written.
 */

import { Bell } from "../bell.js";
import { h } from "../dom.js";
import { changedWords } from "./compare.js";

export class LyricEditor extends Bell {
  #paper = h("div.lyric-paper", { "aria-hidden": "true" });
  #line = -1;
  #keys = [];
  rows = [];

  constructor(label, text, { signal, placeholder = "" } = {}) {
    super();
    this.area = h("textarea.lyric-area", { "aria-label": label, spellcheck: "true", autocapitalize: "sentences", autocomplete: "off", dir: "auto", placeholder, value: text });
    this.element = h("div.lyric-editor", {}, this.#paper, this.area);
    this.area.addEventListener("input", () => this.ring("input", this.area.value));
    const moved = () => this.#moved();
    for (const kind of ["input", "keyup", "click", "focus"]) this.area.addEventListener(kind, moved);
    this.area.addEventListener("blur", () => this.#mark());
    document.addEventListener("selectionchange", () => { if (document.activeElement === this.area) moved(); }, { signal });
  }

  get text() {
    return this.area.value;
  }

  set text(text) {
    if (this.area.value === text) return;
    this.area.value = text;
    this.ring("input", text);
  }

  /** Index of the line in which the caret stands. */
  get line() {
    return this.area.value.slice(0, this.area.selectionStart).split("\n").length - 1;
  }

  /** Show the lines as `compared` found them: [{ line, before, fit }]; without `before`, counts alone. */
  show(rows, language) {
    this.rows = rows;
    this.area.lang = language || "";
    rows.forEach((row, at) => {
      const key = rowKey(row);
      if (this.#keys[at] === key) return;
      const fresh = this.#row(row, at);
      if (at < this.#paper.children.length) this.#paper.children[at].replaceWith(fresh);
      else this.#paper.append(fresh);
      this.#keys[at] = key;
    });
    while (this.#paper.children.length > rows.length) this.#paper.lastChild.remove();
    this.#keys.length = rows.length;
    this.#mark();
  }

  #row({ line, before, fit }, at) {
    const words = before && before.sung !== line.sung ? changed(line, before) : [line.text];
    const count = line.kind === "sung" ? h("span.lyric-count", { class: fit ? `fit-${fit}` : "", dataset: { line: String(at) } }, ...numbers(line, before)) : null;
    return h("div.lyric-line", { class: `is-${line.kind}${line.section ? " has-section" : ""}` }, h("span.lyric-words", {}, ...words, line.text ? "" : "\u200b"), count);
  }

  /** Put a text in place of a whole line, as typing would: it can be undone. */
  setLine(at, text) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
    this.#type(start, start + (lines[at]?.length ?? 0), text);
  }

  /** A heading at the caret: in an empty line, else as a line of its own above. */
  insertHeading(name) {
    const at = this.line;
    const lines = this.area.value.split("\n");
    if (!lines[at].trim()) {
      this.setLine(at, `[${name}]`);
      return;
    }
    const start = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
    const gap = at > 0 && lines[at - 1].trim() ? "\n" : "";
    this.#type(start, start, `${gap}[${name}]\n`);
  }

  goTo(at) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
    this.area.focus();
    this.area.setSelectionRange(start, start + (lines[at]?.length ?? 0));
    this.#moved();
  }

  #type(start, end, text) {
    this.area.focus();
    this.area.setSelectionRange(start, end);
    // The only way to change a text area that its own undo knows of; browsers without it get the plain one.
    const isTyped = document.execCommand?.("insertText", false, text);
    if (!isTyped) {
      this.area.setRangeText(text, start, end, "end");
      this.ring("input", this.area.value);
    }
    this.#moved();
  }

  #moved() {
    const line = this.line;
    if (line === this.#line) return;
    this.#line = line;
    this.#mark();
    this.ring("caret", line);
  }

  #mark() {
    const isHere = document.activeElement === this.area;
    [...this.#paper.children].forEach((child, at) => child.classList.toggle("is-here", isHere && at === this.#line));
  }
}

/** Rows of the same key look the same, so that a key pressed in a long song draws one line anew. */
function rowKey({ line, before, fit }) {
  return [line.kind, line.section, line.count, line.sure, fit, before?.count, before?.sure, line.text, before?.sung].join("\u0000");
}

/** "8", and beside it the original's "9". */
function numbers(line, before) {
  const own = `${line.sure ? "" : "≈"}${line.count}`;
  return before ? [h("b", {}, own), h("span.lyric-of", {}, `/${before.sure ? "" : "≈"}${before.count}`)] : [h("b", {}, own)];
}

function changed(line, before) {
  const start = line.text.indexOf(line.sung);
  const words = changedWords(before.sung, line.sung).map(({ text, isNew }) => (isNew ? h("mark", {}, text) : text));
  return [line.text.slice(0, start), ...words, line.text.slice(start + line.sung.length)];
}

/** What a line is, in a sentence: for the eye below the editor, and for the ear. */
export function sayLine(row, at) {
  if (!row) return "";
  const { line, before, fit } = row;
  if (line.kind === "heading") return line.section ? `Line ${at + 1}: ${line.section}` : `Line ${at + 1}: a heading that models may not know`;
  if (line.kind === "empty") return "";
  const syllables = (count, sure) => `${sure ? "" : "about "}${count} ${count === 1 ? "syllable" : "syllables"}`;
  const own = `Line ${at + 1}: ${syllables(line.count, line.sure)}`;
  if (!before) return fit === "new" ? `${own}; the original has no such line` : own;
  const off = line.count - before.count;
  const by = off === 0 ? "as the original" : `${Math.abs(off)} ${off > 0 ? "more" : "fewer"} than the original`;
  return `${own}, ${by}: “${before.sung}”`;
}

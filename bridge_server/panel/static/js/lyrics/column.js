/** One version of the song: its name, its words, how they fit, and what was rendered of them. */

import { Bell } from "../bell.js";
import { h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { compared } from "./compare.js";
import { LyricEditor, sayLine } from "./editor.js";
import { readLines } from "./lines.js";

/** Rings "text", "caret", "focus", "copy", "remove", "in" and "hear" (with a take). */
export class Column extends Bell {
  #sum = h("span.lyric-sum");
  #now = h("p.lyric-now.small.quiet", { "aria-live": "polite" });
  #bar = h("progress", { max: 1, hidden: true });
  #takes = h("div.row.lyric-takes");
  #notes = h("ul.lyric-notes.small");

  constructor(version, signal, { isOnly = false } = {}) {
    super();
    this.version = version;
    this.editor = new LyricEditor(`Lyrics of version ${version.name}`, version.text, { signal, placeholder: "[verse]\nA line of the song for each line of the original" });
    const tick = h("input", { type: "checkbox", checked: version.isIn, onchange: () => { version.isIn = tick.checked; this.ring("in", version); } });
    this.removeButton = h("button.plain.small.icon", { type: "button", title: "Remove this version", "aria-label": `Remove version ${version.name}`, onclick: () => this.ring("remove", version) }, icon("bin"));
    this.setOnly(isOnly);
    this.element = h("section.lyric-column", { "aria-label": `Version ${version.name}`, dataset: { version: version.name } },
      h("header.lyric-head", {},
        h("label.tick", { title: "Render this version with the others" }, tick, h("h2", {}, `Version ${version.name}`)),
        h("div.row", {},
          h("button.plain.small.icon", { type: "button", title: "A new version that begins as this one", "aria-label": `Copy version ${version.name}`, onclick: () => this.ring("copy", version) }, icon("plus")),
          this.removeButton)),
      this.#sum, this.editor.element, this.#now, this.#bar, this.#takes, this.#notes);
    this.editor.on("input", (text) => { version.text = text; this.ring("text", text); });
    this.editor.on("caret", () => { this.#sayNow(); this.ring("caret", this); });
    this.editor.area.addEventListener("focus", () => this.ring("focus", this));
  }

  setOnly(isOnly) {
    this.removeButton.disabled = isOnly;
  }

  /** Count and compare anew. */
  show(original, language) {
    const found = compared(original, readLines(this.version.text, language));
    this.editor.show(found.rows, language);
    replace(this.#sum, summary(found));
    this.#sayNow();
  }

  #sayNow() {
    say(this.#now, sayLine(this.editor.rows[this.editor.line], this.editor.line) || "\u00a0");
  }

  /** How its render stands. `job` is a line of `app.jobs`; takes are those of the audition; `heard` is the id of one. */
  showRender(job, takes, heard, isOld) {
    this.#bar.hidden = !job || !["queued", "running"].includes(job.state);
    this.#bar.value = job?.fraction ?? 0;
    this.#bar.setAttribute("aria-label", `Rendering of version ${this.version.name}`);
    const waiting = job?.state === "queued" ? h("span.small.quiet", {}, "waits") : job?.state === "running" ? h("span.small.quiet", {}, job.stage || "rendering") : null;
    const focused = this.#takes.contains(document.activeElement) ? document.activeElement.dataset.take : "";
    replace(this.#takes, waiting, takes.map((take) => this.#chip(take, heard)), takes.length > 0 && isOld && h("span.tag.warn", { title: "The words were changed after this was rendered" }, "older words"));
    if (focused) this.#takes.querySelector(`[data-take="${focused}"]`)?.focus();
    replace(this.#notes, job?.error && h("li.bad", {}, job.error.message, " ", job.error.hint), notesOf(takes).map((note) => h("li", {}, note)));
    this.element.classList.toggle("heard", takes.some((take) => `${take.job}/${take.number}` === heard));
  }

  #chip(take, heard) {
    const id = `${take.job}/${take.number}`;
    const name = `${this.version.name}${take.number}`;
    const mark = take.chosen ? icon("check") : take.starred ? icon("star", true) : null;
    return h("button.small", { type: "button", dataset: { take: id }, "aria-pressed": String(id === heard), "aria-label": `Hear ${name}${take.chosen ? ", kept" : ""}`, title: `Seed ${take.seed}`, onclick: () => this.ring("hear", take) }, mark, name);
  }
}

/** "12 lines: 9 fit, 2 near, 1 off" */
function summary(found) {
  const parts = [
    found.same > 0 && h("span.fit-same", {}, `${found.same} fit`),
    found.near > 0 && h("span.fit-near", {}, `${found.near} near`),
    found.far > 0 && h("span.fit-far", {}, `${found.far} off`),
    found.extra > 0 && h("span.fit-new", {}, `${found.extra} too many`),
    found.missing.length > 0 && h("span.fit-far", {}, `${found.missing.length} missing`),
  ].filter(Boolean);
  const lines = h("span", {}, `${found.sung} ${found.sung === 1 ? "line" : "lines"}`);
  return found.wanted ? [lines, ...parts] : [lines];
}

/** What the backend said of these takes, once each. */
function notesOf(takes) {
  return [...new Set(takes.flatMap((take) => take.notes ?? []))].slice(0, 4);
}

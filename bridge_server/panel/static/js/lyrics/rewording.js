/** The songwriter's desk: the original and its versions side by side, rendered over the same accompaniment, heard in turn. */

import { freshId, h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";
import { clock, hostName } from "../audition/format.js";
import { Column } from "./column.js";
import { Drafts, MOST_VERSIONS, newDraft, newVersion, versionOfTake } from "./draft.js";
import { LyricEditor } from "./editor.js";
import { COUNTED } from "./languages.js";
import { readLines } from "./lines.js";
import { VersionBoard } from "./listening.js";
import { Rendering } from "./rendering.js";
import { makeSettings } from "./settings.js";
import { sideBySideTable } from "./side_by_side.js";
import { makeToolbar } from "./toolbar.js";

/** Nobody writes in a tab in which no key was pressed for so long. */
const IDLE_MS = 5000;

export class Rewording {
  #typed = -Infinity;
  #app;
  #source;
  #signal;
  #drafts = new Drafts();
  #draft;
  #rendering;
  #columns = [];
  #editor = null;
  #board = null;
  #boardEnding = null;
  #hearing = 0;
  #grid = h("div.lyric-grid");
  #stage = h("section.stack", { "aria-label": "Listen" });
  #problem = h("div");
  #table = h("details.pane.lyric-compare", {}, h("summary", {}, h("h2", {}, "Line by line")));

  /** `again()` makes the page anew, e.g. after its draft was put away. */
  constructor(app, source, signal, again) {
    this.#app = app;
    this.#again = again;
    this.#source = source;
    this.#signal = signal;
    this.#draft = this.#drafts.find(source.reference) ?? newDraft(source);
    this.#rendering = new Rendering(app, { draft: this.#draft, source, keep: () => this.#keep() }, signal);
    this.#settings = makeSettings(this.#draft, this.#rendering, source, { onChange: (name) => this.#settingChanged(name), onCodes: (codes) => this.#toolbar?.setCodes(codes) });
    this.#original = this.#makeOriginal();
    this.#toolbar = makeToolbar(() => this.#editor ?? this.#columns[0].editor, [...COUNTED]);
    this.#table.addEventListener("toggle", () => this.#showTable());
    this.element = h("div.stack", {}, this.#head(), this.#problem, this.#settings.element, h("div", {}, this.#toolbar.element, this.#grid), this.#stage, this.#table);
    this.#fillColumns();
    this.#listen();
    this.#settings.show();
    this.#rendering.restore(signal);
  }

  #again;
  #settings;
  #toolbar;
  #original;

  #head() {
    const { title, seconds, client } = this.#source;
    const host = hostName(client);
    const where = [clock(seconds), host && `from ${host}`].filter(Boolean).join(" · ");
    return h("div.page-head", {},
      h("div", {}, h("h1", {}, "Other words"), h("p", {}, `${title} · ${where}`)),
      h("div.row", {},
        h("button", { type: "button", onclick: () => this.#startOver() }, icon("again"), "Start over"),
        h("a.button", { href: "#/lyrics" }, "Choose something else")));
  }

  #makeOriginal() {
    const editor = new LyricEditor("Lyrics as they are now", this.#draft.original, { signal: this.#signal, placeholder: "What is sung there now, line by line" });
    const remark = h("p.lyric-now.small.quiet", {}, "Correct it if something else is sung: the model is told both.");
    const id = freshId("original");
    const element = h("section.lyric-column.lyric-original", { "aria-labelledby": id }, h("header.lyric-head", {}, h("h2", { id }, "Original")), h("span.lyric-sum"), editor.element, remark);
    editor.on("input", (text) => { this.#draft.original = text; this.#changed(); });
    editor.area.addEventListener("keydown", (event) => this.#keydown(event));
    return { editor, element, sum: element.querySelector(".lyric-sum") };
  }

  #fillColumns() {
    const old = new Map(this.#columns.map((column) => [column.version, column]));
    this.#columns = this.#draft.versions.map((version) => old.get(version) ?? this.#makeColumn(version));
    for (const column of this.#columns) column.setOnly(this.#columns.length === 1);
    if (!this.#columns.some((column) => column.editor === this.#editor)) this.#editor = this.#columns[0].editor;
    const add = h("button.lyric-add", { type: "button", disabled: this.#columns.length >= MOST_VERSIONS, onclick: () => this.#add(this.#draft.original) }, icon("plus"), "Another version");
    replace(this.#grid, this.#original.element, this.#columns.map((column) => column.element), add);
    this.#showWords();
  }

  #makeColumn(version) {
    const column = new Column(version, this.#signal);
    column.on("text", () => this.#changed(column));
    column.on("in", () => this.#changed(column));
    column.on("caret", () => this.#toolbar.show());
    column.on("focus", () => { this.#editor = column.editor; this.#toolbar.show(); });
    column.on("copy", () => this.#add(version.text));
    column.on("remove", () => this.#remove(version));
    column.on("hear", (take) => this.#hear(take));
    column.editor.area.addEventListener("keydown", (event) => this.#keydown(event));
    return column;
  }

  /** Ctrl+Enter renders; Escape leaves the text, so that the keys of the player work. */
  #keydown(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#rendering.render();
    } else if (event.key === "Escape") {
      event.target.blur();
      this.#board?.element.querySelector(".play")?.focus();
    }
  }

  #add(text) {
    if (this.#draft.versions.length >= MOST_VERSIONS) return;
    const version = newVersion(this.#draft.versions, text);
    this.#draft.versions.push(version);
    this.#fillColumns();
    this.#changed();
    const column = this.#columns.at(-1);
    column.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    column.editor.goTo(0);
  }

  #remove(version) {
    const at = this.#draft.versions.indexOf(version);
    this.#draft.versions.splice(at, 1);
    this.#fillColumns();
    this.#changed();
    this.#showTakes();
    const back = () => { this.#draft.versions.splice(at, 0, version); this.#fillColumns(); this.#changed(); this.#showTakes(); };
    this.#app.say(`Version ${version.name} is removed.`, { action: ["Bring it back", back] });
  }

  #startOver() {
    const before = this.#draft;
    this.#drafts.forget(this.#source.reference);
    this.#again();
    this.#app.say("The page is as it was before you wrote.", { action: ["Bring it back", () => { this.#drafts.keep(this.#source.reference, before, this.#about(before)); this.#again(); }] });
  }

  #about(draft = this.#draft) {
    const words = draft.versions.find((version) => version.text.trim())?.text ?? draft.original;
    return { title: this.#source.title, key: this.#source.key, words: words.slice(0, 300) };
  }

  #keep() {
    this.#drafts.keep(this.#source.reference, this.#draft, this.#about());
  }

  /** `column`: the only one whose words are others; all of them without. */
  #changed(column = null) {
    this.#typed = performance.now();
    this.#keep();
    this.#showWords(column);
    this.#settings.show();
    this.#showRenders();
  }

  #settingChanged(name) {
    if (name === "backend") this.#rendering.ring("changed");
    this.#changed();
  }

  #showWords(only = null) {
    const original = readLines(this.#draft.original, this.#draft.language);
    if (only) only.show(original, this.#draft.language);
    else this.#showAll(original);
    this.#toolbar?.show();
    this.#showTable();
  }

  #showAll(original) {
    this.#original.editor.show(original.map((line) => ({ line, before: null, fit: "" })), this.#draft.language);
    const sung = original.filter((line) => line.kind === "sung");
    replace(this.#original.sum, `${sung.length} ${sung.length === 1 ? "line" : "lines"}, ${sung.reduce((sum, line) => sum + line.count, 0)} syllables`);
    for (const column of this.#columns) column.show(original, this.#draft.language);
  }

  #showTable() {
    const shown = this.#table.querySelector(".lyric-table");
    if (!this.#table.open) shown?.remove();
    else if (shown) shown.replaceWith(sideBySideTable(this.#draft));
    else this.#table.append(sideBySideTable(this.#draft));
  }

  #listen() {
    this.#rendering.on("changed", () => { this.#settings.show(); this.#showRenders(); });
    this.#rendering.on("takes", () => this.#showTakes());
    this.#app.wire.on("panel:marked", (event) => this.#marked(event), this.#signal);
    this.#app.keys.bind("n", "Hear all, one after the other", () => this.#board?.inTurn.toggle(), this.#signal);
    this.#drafts.watch(this.#source.reference, () => this.#written(), this.#signal);
    this.#signal.addEventListener("abort", () => this.#boardEnding?.abort(), { once: true });
  }

  /** The same song is written in another tab: show that, unless somebody writes or listens here. */
  #written() {
    if (performance.now() - this.#typed > IDLE_MS && !this.#board?.hearing.player.isPlaying) this.#again();
  }

  #showRenders() {
    const { obstacle } = this.#rendering;
    replace(this.#problem, obstacle && problemBox(obstacle));
    const heard = this.#board?.hearing.heard ?? "";
    for (const column of this.#columns) {
      const { version } = column;
      const takes = (this.#board?.audition.takes ?? []).filter((take) => take.job === version.render?.job);
      column.showRender(this.#rendering.job(version), takes, heard, this.#rendering.isOld(version));
    }
  }

  #hear(take) {
    this.#board.hear(`${take.job}/${take.number}`);
    if (!this.#board.hearing.player.isPlaying) this.#board.toggle();
  }

  #marked({ job, number, starred, discarded }) {
    const take = this.#board?.audition.takes.find((one) => one.job === job && one.number === number);
    if (!take) return;
    Object.assign(take, { starred, discarded });
    this.#board.refresh();
    this.#showRenders();
  }

  /** Lay the takes that are there under one another; before the first one, what the song sounds like now. */
  async #showTakes() {
    const ids = this.#rendering.takes;
    const turn = (this.#hearing += 1);
    try {
      const asked = ids.length ? { of: ids.join(",") } : this.#source.hear;
      const audition = await this.#app.api.get("/api/audition", { ...asked, around: 4 }, this.#signal);
      if (turn !== this.#hearing || this.#signal.aborted) return;
      const { audition: before } = this.#board ?? {};
      const isSame = before && before.rate === audition.rate && before.frames === audition.frames && this.#board.isOfRenders === Boolean(ids.length);
      if (isSame) await this.#board.renew(audition);
      else await this.#mountBoard(audition, Boolean(ids.length));
      this.#showRenders();
    } catch (error) {
      if (error.name !== "AbortError" && turn === this.#hearing) replace(this.#stage, problemBox(error));
    }
  }

  async #mountBoard(audition, isOfRenders) {
    this.#boardEnding?.abort();
    this.#boardEnding = new AbortController();
    const { signal } = this.#boardEnding;
    const board = (this.#board = new VersionBoard(this.#app, audition, signal, { draft: this.#draft, owner: this.#source.client }));
    board.isOfRenders = isOfRenders;
    const hint = h("p.small.quiet", {}, isOfRenders
      ? "Esc leaves the text. Then space plays, 0 is the original, 1–9 the takes, N all in turn, K keeps, Enter sends to the DAW."
      : "This is how it is sung now. Write other words above, and render them.");
    const remarks = [audition.problem, ...(audition.missing ?? []).map((one) => one.error)].filter(Boolean);
    replace(this.#stage, h("h2", {}, "Listen"), hint, remarks.map(problemBox), board.element);
    board.bindKeys();
    board.on("shown", () => { if (this.#board === board) this.#showRenders(); }, signal);
    board.hearing.on("heard", () => this.#markHeard(), signal);
    await board.load();
  }

  /** The version that is heard is brought into view where there are more than fit. */
  #markHeard() {
    const version = versionOfTake(this.#draft, this.#board?.heardTake);
    const column = this.#columns.find((one) => one.version === version);
    if (column && this.#board.hearing.player.isPlaying && !this.#grid.contains(document.activeElement)) column.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

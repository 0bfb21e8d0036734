/** The list of takes: found, selected, starred, listened to. Arrow keys walk it; letters act on the take that has the focus. */

import { h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { keyName } from "../keys.js";
import { filterBar, queryOf, readFilters } from "./filters.js";
import { Listen } from "./listen.js";
import { idOf } from "./names.js";
import { daysOf, showMarks, showPlaying, showSelected } from "./rows.js";
import { selectionBar } from "./selection.js";

const PAGE = 500;
const KEYS = [
  ["ArrowDown", "The next take"], ["ArrowUp", "The take before"], [" ", "Listen"], ["Enter", "Its recipe"], ["s", "Star"], ["x", "Discard, or bring back"],
  ["c", "Select, to compare"], ["h", "Hear it in its place"], ["a", "Again with changes"],
];

export class TakeList {
  element = h("div.stack");
  /** Ids of the selected takes, in the order in which they were selected. */
  selected = new Set();
  #app;
  #signal;
  #takes = new Map();
  #rows = new Map();
  #filters = null;
  #key = "";
  #next = "";
  #fetching = null;
  #at = "";
  #listen;
  #count = h("p", { role: "status" });
  #days = h("div.days");
  #more = h("button", { type: "button", hidden: true, onclick: () => this.#fetchMore() }, "Show more");
  #bar;
  #picked;

  constructor(app, signal) {
    this.#app = app;
    this.#signal = signal;
    this.#listen = new Listen(app, signal);
    this.#bar = filterBar((filters) => this.#ask(filters));
    this.#picked = selectionBar(app, this);
    replace(this.element, h("div.page-head", {}, h("div", {}, h("h1", {}, "History"), this.#count)), this.#bar, this.#days, this.#more, this.#picked);
    this.#days.addEventListener("click", (event) => this.#click(event));
    this.#days.addEventListener("keydown", (event) => this.#press(event));
    this.#days.addEventListener("focusin", (event) => { const row = event.target.closest("li"); if (row) this.#visit(row, false); });
    this.#listen.on("changed", () => this.#showPlaying(), signal);
    app.wire.on("panel:marked", (event) => this.#marked(event), signal);
    for (const kind of ["take", "place"]) app.wire.on(kind, () => this.#soon(), signal);
    this.#bindKeys();
  }

  /** Show what the address asks for; fetched anew only if that is something else, or has changed. */
  async show(params) {
    this.#filters = readFilters(params);
    this.#bar.show(this.#filters);
    const key = JSON.stringify(this.#filters);
    if (key === this.#key) return;
    this.#key = key;
    await this.#fetch();
  }

  take(id) {
    return this.#takes.get(id);
  }

  get shown() {
    return [...this.#takes.values()];
  }

  /** "?text=…" for what is listed now, or "". */
  get query() {
    const asked = Object.entries(this.#filters ?? {}).filter(([, value]) => value);
    return asked.length ? `?${new URLSearchParams(asked)}` : "";
  }

  #ask(filters) {
    this.#app.go("history", filters, { replace: true });
  }

  /** Something was made or kept: look again in a moment, once for many. */
  #soon() {
    clearTimeout(this.#soon.timer);
    this.#soon.timer = setTimeout(() => { if (!this.#signal.aborted && this.#filters) this.#fetch(); }, 400);
  }

  async #fetch() {
    this.#fetching?.abort();
    const fetching = (this.#fetching = new AbortController());
    try {
      const found = await this.#app.api.get("/api/takes", { ...queryOf(this.#filters), limit: PAGE }, fetching.signal);
      if (fetching.signal.aborted || this.#signal.aborted) return;
      this.#draw(found);
    } catch (error) {
      if (error.name !== "AbortError") this.#app.problem(error);
    }
  }

  async #fetchMore() {
    try {
      const found = await this.#app.api.get("/api/takes", { ...queryOf(this.#filters), limit: PAGE, before: this.#next });
      this.#draw({ ...found, takes: [...this.#takes.values(), ...found.takes] });
    } catch (error) {
      this.#app.problem(error);
    }
  }

  #draw(found) {
    const { takes, total } = found;
    const hadFocus = this.#days.contains(document.activeElement);
    this.#next = found.next;
    this.#takes = new Map(takes.map((take) => [idOf(take), take]));
    replace(this.#days, takes.length ? daysOf(takes) : this.#nothing());
    this.#rows = new Map([...this.#days.querySelectorAll("li.take")].map((row) => [row.dataset.take, row]));
    const backends = [...new Set([...takes.map((take) => take.backend), this.#filters.backend].filter(Boolean))].sort();
    this.#bar.offer({ projects: found.projects, backends });
    for (const id of this.selected) if (this.#rows.has(id)) showSelected(this.#rows.get(id), true);
    say(this.#count, `${total === 1 ? "1 take" : `${total} takes`}${takes.length < total ? `, the newest ${takes.length} shown` : ""}`);
    this.#more.hidden = !found.next;
    const row = this.#rows.get(this.#at) ?? this.#rows.values().next().value;
    if (row) this.#visit(row, hadFocus);
    this.#showPlaying();
  }

  #nothing() {
    const isFiltered = Object.values(this.#filters).some(Boolean);
    return h("div.pane.empty", {},
      h("h2", {}, isFiltered ? "No take is like that" : "No takes yet"),
      h("p", {}, isFiltered ? "Take away some of what is looked for." : "Whatever is made in your DAW or here is kept and found on this page."));
  }

  #click(event) {
    const row = event.target.closest("li.take");
    if (!row) return;
    const id = row.dataset.take;
    if (event.target.closest("input")) this.select(id, event.target.checked);
    else if (event.target.closest(".star")) this.mark(id, { starred: !this.take(id).starred });
    else if (event.target.closest(".listen")) this.#listen.toggle(id);
    else if (!event.target.closest("a")) this.#visit(row, true);
  }

  #press(event) {
    const row = event.target.closest("li.take");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== row && (event.key === " " || event.key === "Enter")) return; // a box, button or link of its own
    if (!this.#act(event.key, row)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** What a key means for a row; false where it means nothing. */
  #act(key, row) {
    const id = row.dataset.take;
    const act = {
      ArrowDown: () => this.#step(row, 1),
      ArrowUp: () => this.#step(row, -1),
      Home: () => this.#step(row, -Infinity),
      End: () => this.#step(row, Infinity),
      Enter: () => this.#app.go("history", { take: id }),
      " ": () => this.#listen.toggle(id),
      s: () => this.mark(id, { starred: !this.take(id).starred }),
      x: () => this.mark(id, { discarded: !this.take(id).discarded }),
      c: () => this.select(id, !this.selected.has(id)),
      h: () => this.#app.go("audition", { of: id }),
      a: () => this.#app.go("studio", { take: id }),
    }[key];
    if (!act) return false;
    act();
    return true;
  }

  /** The same keys where nothing has the focus: they mean the take that was last visited. */
  #bindKeys() {
    this.#app.keys.bind("/", "Search", () => this.#bar.search.focus(), this.#signal);
    for (const [key, words] of KEYS) {
      this.#app.keys.bind(key, words, () => {
        const row = this.#rows.get(this.#at);
        if (!row || !row.checkVisibility()) return;
        if (key.startsWith("Arrow") && document.activeElement !== row) row.focus();
        else this.#act(key, row);
      }, this.#signal);
    }
  }

  #step(row, by) {
    const rows = [...this.#rows.values()];
    const at = rows.indexOf(row) + by;
    this.#visit(rows[Math.max(0, Math.min(rows.length - 1, at))], true);
  }

  /** One row is reached by Tab: the one that was last visited. */
  #visit(row, isWanted) {
    const before = this.#rows.get(this.#at);
    if (before && before !== row) before.tabIndex = -1;
    this.#at = row.dataset.take;
    row.tabIndex = 0;
    if (isWanted && document.activeElement !== row) row.focus();
  }

  select(id, isSelected) {
    if (isSelected) this.selected.add(id);
    else this.selected.delete(id);
    const row = this.#rows.get(id);
    if (row) showSelected(row, isSelected);
    this.#picked.show();
  }

  clearSelection() {
    for (const id of [...this.selected]) this.select(id, false);
  }

  async mark(id, marks) {
    try {
      await this.#app.api.post(`/api/takes/${id}/mark`, marks);
    } catch (error) {
      this.#app.problem(error);
    }
  }

  #marked(event) {
    const id = idOf(event);
    const take = this.#takes.get(id);
    if (!take) return;
    Object.assign(take, { starred: event.starred, discarded: event.discarded });
    showMarks(this.#rows.get(id), take);
  }

  #showPlaying() {
    for (const row of this.#days.querySelectorAll(".listen.on")) showPlaying(row.closest("li"), false);
    const row = this.#rows.get(this.#listen.playing);
    if (row) showPlaying(row, true);
  }
}

/** The keys of the list, below it. */
export function keysLine() {
  return h("p.quiet.small.keysline", {}, icon("keyboard"), KEYS.map(([key, words]) => h("span.nowrap", {}, h("kbd", {}, keyName(key)), ` ${words}`)));
}

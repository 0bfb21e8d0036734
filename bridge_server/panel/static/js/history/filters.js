/** What is looked for in the history, kept in the page's address so that a reload and a bookmark find the same. */

import { choice, field, h, replace } from "../dom.js";
import { icon } from "../icons.js";

const NAMES = ["text", "seed", "backend", "project", "since", "until", "marks"];
const MARKS = [["", "All", "Without what was discarded"], ["starred", "Starred", "Only those with a star"], ["kept", "Kept", "Only those that were kept"], ["away", "Discarded", "Only what was discarded"]];
const TYPING_MS = 150;

/** The filters of an address: { text, seed, backend, project, since, until, marks }. */
export function readFilters(params) {
  return Object.fromEntries(NAMES.map((name) => [name, params.get(name) ?? ""]));
}

/** The query of GET /api/takes; dates are days here, from midnight to midnight. */
export function queryOf(filters) {
  const day = (text, add) => (/^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00`).getTime() / 1000 + add : "");
  return {
    text: filters.text.trim(),
    seed: filters.seed,
    backend: filters.backend,
    project: filters.project,
    since: day(filters.since, 0),
    until: day(filters.until, 86_400),
    starred: filters.marks === "starred" ? "true" : "",
    chosen: filters.marks === "kept" ? "true" : "",
    discarded: filters.marks === "away" ? "true" : "false",
  };
}

/** The bar of filters: `onChange(filters)`; `show(filters)`, `offer({projects, backends})`, `search` is its text field. */
export function filterBar(onChange) {
  let timer = 0;
  let filters = readFilters(new URLSearchParams());
  const change = (name, value) => {
    clearTimeout(timer);
    filters = { ...filters, [name]: value };
    onChange(filters);
  };
  const typed = (name, value) => {
    clearTimeout(timer);
    filters = { ...filters, [name]: value };
    timer = setTimeout(() => onChange(filters), TYPING_MS);
  };
  const search = h("input", { type: "search", placeholder: "Tags, lyrics, stem", oninput: () => typed("text", search.value) });
  const seed = h("input", { type: "text", inputmode: "numeric", pattern: "[0-9]*", maxlength: 16, oninput: () => {
    const isNumber = /^\d*$/.test(seed.value.trim());
    seed.setAttribute("aria-invalid", String(!isNumber));
    if (isNumber) typed("seed", seed.value.trim());
  } });
  const backend = h("select", { onchange: () => change("backend", backend.value) });
  const project = h("select", { onchange: () => change("project", project.value) });
  const since = h("input", { type: "date", onchange: () => change("since", since.value) });
  const until = h("input", { type: "date", onchange: () => change("until", until.value) });
  const marks = choice("Which takes", MARKS, "", (value) => change("marks", value));
  const sheet = h("a.button.plain", { hidden: true }, icon("print"), "Provenance of the project");
  const clear = h("button.plain", { type: "button", onclick: () => { clearTimeout(timer); onChange(readFilters(new URLSearchParams())); } }, icon("close"), "Clear");
  const root = h("form.filters", { role: "search", "aria-label": "Find takes", onsubmit: (event) => event.preventDefault() },
    h("div.wide", {}, field("Search", search)), field("Seed", seed), field("Made by", backend), field("Project", project),
    field("From", since), field("To", until), h("div.row.end", {}, marks, h("div.row", {}, sheet, clear)));

  function show(next) {
    filters = next;
    for (const [name, control] of Object.entries({ text: search, seed, since, until })) {
      if (document.activeElement !== control && control.value !== next[name]) control.value = next[name];
    }
    backend.value = next.backend;
    project.value = next.project;
    marks.pick(next.marks);
    sheet.hidden = !next.project;
    sheet.href = `#/history?sheet-of=${next.project}`;
    clear.hidden = NAMES.every((name) => !next[name]);
  }

  function offer({ projects, backends }) {
    const options = (first, list) => [h("option", { value: "" }, first), list.map(([value, text]) => h("option", { value }, text))];
    replace(project, options("All projects", projects.map(({ id, name }) => [id, name])));
    replace(backend, options("All", backends.map((name) => [name, name])));
    show(filters);
  }
  offer({ projects: [], backends: [] });
  return Object.assign(root, { show, offer, search });
}

/** The four tabs of the right column: retake, repainting, edit, extend. Each has its own source, seeds and button. */

import { choice, h } from "../dom.js";
import { EDIT, EDIT_TYPES, LENGTH, VARIANCE, knows } from "./controls.js";
import { rangeField, textField } from "./controls_view.js";
import { edits, extensions, repaints, retakes } from "./requests.js";
import { SourceChoice } from "./source_choice.js";
import { SpanPicker } from "./span_picker.js";

const SEEDS = { placeholder: "1,2,3,4", remark: "empty for random ones", value: "" };

/** Every tab: { name, task, title, button, element, source?, requests(form, capabilities), open(), load(request, seed) }. */
export function makeTabs(app, takes, form, signal) {
  return [retakeTab(app, takes, signal), repaintTab(app, takes, signal), editTab(app, takes, form, signal), extendTab(app, takes, signal)];
}

function seedsField(label, given) {
  return textField({ label, ...SEEDS }, (value) => { given.seeds = value; });
}

/** Take values over and show them in their fields. */
function put(given, values, fields) {
  Object.assign(given, values);
  for (const [name, field_] of Object.entries(fields)) field_.put(given[name]);
}

function need(choice_, app) {
  if (choice_.source) return choice_.source;
  app.say("Choose a source first: generate something on the left, or upload a file.");
  return null;
}

function retakeTab(app, takes, signal) {
  const given = { variance: VARIANCE.value, seeds: "" };
  const source = new SourceChoice(app, takes, { tab: "retake", label: "Retake Source" }, signal);
  source.element.querySelector("input[value=upload]").closest("label").remove();
  const variance = rangeField({ label: "variance", ...VARIANCE, remark: "0: the same take; 1: nothing of it is left" }, (value) => { given.variance = value; });
  const seeds = seedsField("retake seeds", given);
  const element = h("div.stack", {}, source.element, variance, seeds);
  const load = (request, seed) => { put(given, { variance: request.variance ?? 0.5, seeds: String(seed) }, { variance, seeds }); };
  const requests = (form) => {
    const found = need(source, app);
    return found ? retakes({ take: found.take, ...given }, form) : [];
  };
  return { load, name: "retake", task: "retake", title: "retake", button: "Retake", element, requests, open: () => source.find() };
}

function repaintTab(app, takes, signal) {
  const given = { variance: VARIANCE.value, start: 0, end: 30, seeds: "" };
  const source = new SourceChoice(app, takes, { tab: "repaint", label: "Repaint Source" }, signal);
  const picker = new SpanPicker(({ start, end }) => { Object.assign(given, { start, end }); first.put(start); last.put(end); }, signal);
  const first = rangeField({ label: "Repaint Start Time", unit: "s", ...LENGTH, value: 0 }, (value) => { given.start = value; picker.put({ start: value }); });
  const last = rangeField({ label: "Repaint End Time", unit: "s", ...LENGTH, value: 30 }, (value) => { given.end = value; picker.put({ end: value }); });
  const variance = rangeField({ label: "variance", ...VARIANCE, remark: "1: all new; towards 0: more of what was there" }, (value) => { given.variance = value; });
  const seeds = seedsField("repaint seeds", given);
  source.on("source", (found) => picker.open(found).catch((error) => { if (error.name !== "AbortError") app.problem(error); }));
  const element = h("div.stack", {}, source.element, picker.element, h("div.studio-pair", {}, first, last),
    variance, seeds);
  const load = (request, seed) => {
    const end = (request.span.end - request.span.start) / request.span.rate;
    put(given, { variance: request.strength ?? 1, start: 0, end, seeds: String(seed) }, { variance, start: first, end: last, seeds });
    picker.put({ start: 0, end });
  };
  const requests = (form, capabilities) => {
    const found = need(source, app);
    return found ? repaints({ source: found, ...given }, form, capabilities) : [];
  };
  return { load, source, name: "repaint", task: "repaint", title: "repainting", button: "Repaint", element, requests, open: () => source.find() };
}

function editTab(app, takes, form, signal) {
  const given = { mode: "only_lyrics", tags: "", lyrics: "", seeds: "" };
  const source = new SourceChoice(app, takes, { tab: "edit", label: "Edit Source" }, signal);
  const limits = EDIT.map((control) => [control, rangeField(control, (value) => form.setSetting(control.name, value))]);
  const kind = choice("Edit Type", Object.keys(EDIT_TYPES).map((mode) => [mode, mode]), given.mode, (mode) => {
    given.mode = mode;
    for (const [control, field] of limits) {
      const value = EDIT_TYPES[mode][control.name];
      field.put(value);
      form.setSetting(control.name, value);
    }
  });
  const desk = h("a", { href: "#/lyrics" }, "the lyrics page");
  source.on("source", (found) => { desk.href = found?.take ? `#/lyrics?take=${found.take.job}/${found.take.number}` : "#/lyrics"; });
  const tags = textField({ label: "Edit Tags", rows: 2, placeholder: "empty: the tags on the left", value: "" }, (value) => { given.tags = value; });
  const lyrics = textField({ label: "Edit Lyrics", rows: 7, placeholder: "empty: the lyrics on the left", value: "" }, (value) => { given.lyrics = value; });
  const seeds = seedsField("edit seeds", given);
  const load = (request, seed) => {
    put(given, { tags: request.tags ?? "", lyrics: request.lyrics ?? "", mode: request.mode ?? "only_lyrics", seeds: String(seed) }, { tags, lyrics, seeds });
    kind.pick(given.mode);
    for (const [control, limit] of limits) limit.put(request.sampling?.[control.name] ?? EDIT_TYPES[given.mode][control.name]);
  };
  const element = h("div.stack", {}, source.element, tags, lyrics,
    h("p.small.quiet", {}, "Several versions line by line beside the original: ", desk, "."),
    seeds,
    h("div.field", {}, h("span.label", { "aria-hidden": "true" }, "Edit Type"), kind, h("span.remark", {}, "only_lyrics keeps the melody, remix may change it")),
    h("div.studio-pair", {}, limits.map(([, field]) => field)));
  const requests = (all, capabilities) => {
    const found = need(source, app);
    if (!found) return [];
    const values = { ...all.values, edit_n_min: Number(limits[0][1].control.value), edit_n_max: Number(limits[1][1].control.value) };
    return edits({ source: found, ...given }, Object.assign(Object.create(all), { values }), capabilities);
  };
  const show = (capabilities) => { for (const [control, field] of limits) field.hidden = !knows(capabilities, control.name); };
  return { load, source, name: "edit", task: "edit", title: "edit", button: "Edit", element, requests, show, open: () => source.find() };
}

function extendTab(app, takes, signal) {
  const given = { left: 0, right: 30, seeds: "" };
  const source = new SourceChoice(app, takes, { tab: "extend", label: "Extend Source" }, signal);
  const left = rangeField({ label: "Left Extend Length", unit: "s", ...LENGTH, value: 0 }, (value) => { given.left = value; });
  const right = rangeField({ label: "Right Extend Length", unit: "s", ...LENGTH, value: 30 }, (value) => { given.right = value; });
  const seeds = seedsField("extend seeds", given);
  const element = h("div.stack", {}, source.element, h("div.studio-pair", {}, left, right), seeds);
  const load = (request, seed) => {
    const { rate } = request.span;
    put(given, { left: (request.left ?? 0) / rate, right: (request.right ?? 0) / rate, seeds: String(seed) }, { left, right, seeds });
  };
  const requests = (form, capabilities) => {
    const found = need(source, app);
    return found ? extensions({ source: found, ...given }, form, capabilities) : [];
  };
  return { load, source, name: "extend", task: "extend", title: "extend", button: "Extend", element, requests, open: () => source.find() };
}

/** A row of tabs and their panes, moved through with the arrow keys (WAI-ARIA: tabs with automatic activation). */
export function tabList(label, tabs, onShow) {
  const buttons = tabs.map((tab) => h("button", { type: "button", role: "tab", id: `tab-${tab.name}`, "aria-controls": `pane-${tab.name}`, onclick: () => show(tab.name) }, tab.title));
  const panes = tabs.map((tab) => h("div", { role: "tabpanel", id: `pane-${tab.name}`, "aria-labelledby": `tab-${tab.name}`, tabindex: "0", hidden: true }, tab.pane));
  const list = h("div.studio-tabs", { role: "tablist", "aria-label": label, onkeydown: step }, buttons);
  function show(name, isFocused = false) {
    tabs.forEach((tab, at) => {
      const isHere = tab.name === name;
      buttons[at].setAttribute("aria-selected", String(isHere));
      buttons[at].tabIndex = isHere ? 0 : -1;
      panes[at].hidden = !isHere;
      if (isHere && isFocused) buttons[at].focus();
    });
    onShow(tabs.find((tab) => tab.name === name));
  }
  function step(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const shown = tabs.filter((_, at) => !buttons[at].hidden);
    const at = shown.findIndex((tab) => document.activeElement.id === `tab-${tab.name}`);
    event.preventDefault();
    show(shown[(at + by + shown.length) % shown.length].name, true);
  }
  /** Tabs of tasks that cannot be done are hidden; returns the first that is left. */
  function offer(can) {
    tabs.forEach((tab, at) => { buttons[at].hidden = !can(tab); });
    return tabs.find(can);
  }
  return { element: h("div", {}, list, panes), show, offer };
}

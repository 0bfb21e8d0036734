/**
 * Those that wait, in the order in which they will run. Any of them can be put elsewhere: by its buttons, by dragging, or
 * with Shift and an arrow key on the row that has the focus.
 */

import { h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { stop } from "./running.js";
import { facts, name } from "./words.js";

export function waitingList(app) {
  const rows = new Map();
  const list = h("ol.waiting", { "aria-label": "Waiting, in the order in which they will run", onkeydown: press });
  const told = h("p.unseen", { role: "status" });
  const root = h("div", {}, list, told);
  let order = [];
  let dragged = "";

  async function move(id, position) {
    const target = Math.max(0, Math.min(order.length - 1, position));
    if (order.indexOf(id) === target) return;
    const job = app.jobs.all.get(id);
    try {
      await app.wire.ask({ request: "move", job: id, position: target });
      say(told, `${job?.task ?? "The job"} is ${target === 0 ? "next" : `number ${target + 1} of ${order.length}`} now.`);
    } catch (problem) {
      app.problem(problem);
    }
  }

  function press(event) {
    const row = event.target.closest("li");
    if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = order.indexOf(row.dataset.job);
    const act = {
      ArrowUp: () => (event.shiftKey ? move(row.dataset.job, at - 1) : focus(at - 1)),
      ArrowDown: () => (event.shiftKey ? move(row.dataset.job, at + 1) : focus(at + 1)),
      Home: () => (event.shiftKey ? move(row.dataset.job, 0) : focus(0)),
      End: () => (event.shiftKey ? move(row.dataset.job, order.length - 1) : focus(order.length - 1)),
      Delete: () => { stop(app, { job: row.dataset.job }); focus(at + 1 < order.length ? at + 1 : at - 1); },
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  function focus(at) {
    const row = list.children[at];
    if (!row) return;
    for (const other of list.children) other.tabIndex = -1;
    row.tabIndex = 0;
    row.focus();
  }

  function rowOf(job) {
    const act = (title, picture, position) =>
      h("button.plain.small.icon", { type: "button", title, "aria-label": `${title}: ${name(job)}`, onclick: () => move(job.job, position(order.indexOf(job.job))) }, icon(picture));
    const words = h("span.small.quiet", {}, facts(job));
    const row = h("li", { tabindex: "-1", draggable: "true", dataset: { job: job.job } },
      h("span.number", { "aria-hidden": "true" }),
      h("span.grow.stack.close", {}, h("span.cut", { title: job.tags }, name(job)), words),
      h("span.row", {},
        act("Let it come next", "next", () => 0),
        act("Earlier", "up", (at) => at - 1),
        act("Later", "down", (at) => at + 1),
        h("button.plain.small.icon", { type: "button", title: "Cancel", "aria-label": `Cancel: ${name(job)}`, onclick: () => stop(app, job) }, icon("close"))));
    row.addEventListener("dragstart", (event) => { dragged = job.job; event.dataTransfer.effectAllowed = "move"; row.classList.add("dragged"); });
    row.addEventListener("dragend", () => { dragged = ""; row.classList.remove("dragged"); for (const other of list.children) other.classList.remove("over"); });
    row.addEventListener("dragover", (event) => { if (dragged) { event.preventDefault(); row.classList.add("over"); } });
    row.addEventListener("dragleave", () => row.classList.remove("over"));
    row.addEventListener("drop", (event) => { event.preventDefault(); if (dragged) move(dragged, order.indexOf(job.job)); });
    return row;
  }

  /** Keeps rows that are there, so that the focus stays where it is when the order changes. */
  function show(ids) {
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    order = ids.filter((id) => app.jobs.all.has(id));
    for (const id of [...rows.keys()]) if (!order.includes(id)) rows.delete(id);
    const elements = order.map((id, at) => {
      if (!rows.has(id)) rows.set(id, rowOf(app.jobs.all.get(id)));
      const row = rows.get(id);
      say(row.querySelector(".number"), String(at + 1));
      return row;
    });
    if (elements.length !== list.children.length || elements.some((row, at) => row !== list.children[at])) replace(list, elements);
    if (elements.length && !elements.some((row) => row.tabIndex === 0)) elements[0].tabIndex = 0;
    if (focused?.isConnected && document.activeElement !== focused) focused.focus();
  }
  return Object.assign(root, { show });
}

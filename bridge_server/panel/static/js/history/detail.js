/** One take: how it was made, what can be done with it. */

import { h, replace } from "../dom.js";
import { Actions } from "../audition/actions.js";
import { hostName, level, taskName } from "../audition/format.js";
import { loadPeaks } from "../draw/peaks.js";
import { Waveform, commonScale } from "../draw/waveform.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";
import { length } from "../queue/words.js";
import { differences, fieldsOf } from "./differences.js";
import { titleOf } from "./names.js";
import { shownValue } from "./values.js";

export async function showTake(root, app, id, { signal, back }) {
  replace(root, h("p", { role: "status" }, "Reading the recipe …"));
  try {
    const detail = await app.api.get(`/api/takes/${id}`, {}, signal);
    if (signal.aborted) return;
    const render = () => draw(root, app, id, detail, { signal, back });
    app.wire.on("panel:marked", (event) => {
      if (`${event.job}/${event.number}` !== id) return;
      Object.assign(detail.line, { starred: event.starred, discarded: event.discarded });
      render();
    }, signal);
    render();
  } catch (error) {
    if (error.name !== "AbortError") replace(root, h("div.stack", {}, problemBox(error), h("p", {}, h("a.button", { href: back }, "All takes"))));
  }
}

function draw(root, app, id, detail, { signal, back }) {
  const { line, rendered, parts, notes, problem } = detail;
  const isShown = new Set(["lyrics", "tags", "task", "backend", "seed"]);
  const rows = differences(fieldsOf(detail), {}).filter((row) => !isShown.has(row.path));
  replace(root,
    h("div.page-head", {},
      h("div", {}, h("h1", {}, titleOf(line)), h("p", {}, summary(line))),
      h("a.button", { href: back }, "All takes")),
    problem && problemBox(problem),
    buttons(app, id, line),
    !problem && picture(id, signal),
    h("div.columns", {},
      h("section.pane.stack", {}, h("h2", {}, "How it was made"),
        h("dl.facts", {}, rows.map((row) => [h("dt", {}, row.label), h("dd", {}, shownValue(row.path, row.one))]))),
      h("div.stack", {},
        rendered.lyrics && h("section.pane.stack", {}, h("h2", {}, "Lyrics"), h("p.lines", {}, rendered.lyrics)),
        h("section.pane.stack", {}, h("h2", {}, "Files"), files(parts)),
        notes.length > 0 && h("section.pane.stack", {}, h("h2", {}, "What the backend says"), h("ul.notes", {}, notes.map((note) => h("li", {}, note)))))));
}

/** The take's sound, drawn once its peaks are there. */
function picture(id, signal) {
  const canvas = h("canvas.picture", { "aria-hidden": "true" });
  const wave = new Waveform(canvas, signal);
  loadPeaks(`/api/takes/${id}/peaks`, 1200, signal)
    .then((peaks) => wave.show({ layers: [{ peaks, colour: "--wave-on" }] }, commonScale([peaks])))
    .catch((error) => { if (error.name !== "AbortError") canvas.remove(); });
  return canvas;
}

function summary(line) {
  const host = hostName(line.client);
  return [taskName(line.task), `take ${line.number}`, length(line.seconds), `seed ${line.seed}`, line.backend, host && `from ${host}`,
    new Date(line.created * 1000).toLocaleString()].filter(Boolean).join(" · ");
}

function files(parts) {
  return h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "File"), h("th.number", { scope: "col" }, "Length"), h("th.number", { scope: "col" }, "LUFS"), h("th", { scope: "col" }, "Stems"))),
    h("tbody", {}, parts.map((part) => h("tr", {},
      h("td", {}, [part.name, part.side && `(${part.side})`].filter(Boolean).join(" ")),
      h("td.number", {}, length((part.span.end - part.span.start) / part.span.rate)),
      h("td.number", {}, level(part.loudness?.after)),
      h("td", {}, (part.stems ?? []).map((stem) => stem.role).join(", ") || "mix")))));
}

function buttons(app, id, line) {
  const actions = new Actions(app);
  const button = (text, picture, act, given = {}) => h("button", { type: "button", onclick: act, ...given }, icon(picture), text);
  return h("div.row.actions", {},
    h("a.button.main", { href: `#/audition?of=${id}` }, icon("play"), "Hear"),
    h("a.button", { href: `#/studio?take=${id}` }, icon("again"), "Again with changes"),
    button("Again", "again", () => again(app, id), { title: "The same recipe: the same sound" }),
    line.draft && button("Finish the draft", "check", () => again(app, id, true)),
    button("Star", "star", () => actions.star(line), { "aria-pressed": String(line.starred) }),
    button(line.discarded ? "Bring back" : "Discard", line.discarded ? "restore" : "bin", () => actions.discard(line)),
    button("Send to the DAW", "send", () => actions.send(line)),
    button("Show in folder", "folder", () => actions.reveal(line)),
    h("a.button", { href: `/api/takes/${id}/file`, download: "" }, icon("file"), "Save as file"),
    h("a.button", { href: `#/history?sheet=${id}` }, icon("print"), "Provenance"));
}

async function again(app, id, refine = false) {
  try {
    const accepted = await app.wire.submit({ request: "again", take: `take:${id}`, ...(refine ? { refine: true } : {}) });
    app.say(refine ? "The draft is being finished." : "It is being made again.", { action: ["Show the queue", () => app.go("queue", { job: accepted.job })] });
  } catch (problem) {
    app.problem(problem);
  }
}

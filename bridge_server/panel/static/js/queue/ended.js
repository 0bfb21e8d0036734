/** The latest that have ended: hear what was made, try again what was not. */

import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { ago } from "../audition/format.js";
import { facts, name } from "./words.js";

const SHOWN = 40;
const STATES = { done: ["Done", "good"], failed: ["Failed", "bad"], cancelled: ["Cancelled", "quiet"] };

export function endedList(app) {
  const list = h("ul.ended", { "aria-label": "Ended, the newest first" });
  const more = h("p.quiet.small", {}, h("a", { href: "#/history" }, "All takes are in the history"));
  const root = h("div.stack", {}, list, more);
  let drawn = "";

  async function again(job) {
    try {
      await app.wire.ask({ request: "retry", job: job.job });
    } catch (problem) {
      app.problem(problem);
    }
  }

  function rowOf(job) {
    const [word, kind] = STATES[job.state];
    const error = job.error;
    return h("li", { dataset: { job: job.job } },
      h("span.word", { class: kind }, word),
      h("span.grow.stack.close", {},
        h("span.cut", { title: job.tags }, name(job)),
        h("span.small.quiet", {}, facts(job)),
        error && h("span.problem.small", {}, h("strong", {}, error.message), error.hint && h("span.hint", {}, error.hint))),
      h("span.row", {},
        job.state === "done" && h("a.button.small", { href: `#/audition?job=${job.job}`, "aria-label": `Hear: ${name(job)}` }, icon("play"), "Hear"),
        job.state !== "done" && h("button.small", { type: "button", "aria-label": `Retry: ${name(job)}`, onclick: () => again(job) }, icon("again"), "Retry")));
  }

  /** Draws anew only when something in it has changed. */
  function show(jobs) {
    const shown = jobs.slice(0, SHOWN);
    const mark = shown.map((job) => `${job.job}:${job.state}:${ago(job.created)}`).join();
    root.hidden = shown.length === 0;
    if (mark === drawn) return;
    drawn = mark;
    replace(list, shown.map(rowOf));
  }
  return Object.assign(root, { show });
}

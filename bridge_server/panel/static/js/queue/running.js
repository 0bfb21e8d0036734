/** The job that runs: how far it is, how long it still takes, what is ready, and a way to stop it. */

import { h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { Left, leftWords } from "./left.js";
import { facts, name } from "./words.js";

/** Returns the element, with `show(job)`: null where none runs. */
export function runningCard(app) {
  const root = h("section.running", { "aria-label": "Running", hidden: true });
  let shown = null;

  function build(job) {
    const bar = h("progress", { max: 1, "aria-label": `How far ${job.task} is` });
    const stage = h("span", {});
    const percent = h("strong.percent", {});
    const left = h("span.quiet", {});
    const ready = h("a.button.small", { hidden: true, href: `#/audition?job=${job.job}` });
    const cancel = h("button.danger", { type: "button", onclick: () => stop(app, job) }, icon("close"), "Cancel");
    replace(
      root,
      h("div.row.apart", {},
        h("div.grow.stack.close", {}, h("h2.cut", { title: job.tags }, name(job)), h("p.quiet.small", {}, facts(job))),
        h("div.row", {}, ready, cancel)),
      bar,
      h("div.row.apart.small", {}, h("span.row", {}, percent, stage), left),
    );
    shown = { id: job.job, left: new Left(), bar, stage, percent, leftLine: left, ready };
  }

  function show(job) {
    root.hidden = !job;
    if (!job) {
      shown = null;
      return;
    }
    if (shown?.id !== job.job) build(job);
    const fraction = job.fraction ?? 0;
    shown.left.note(fraction);
    shown.bar.value = fraction;
    say(shown.percent, `${Math.floor(fraction * 100)} %`);
    say(shown.stage, [job.stage || "beginning", job.attempt > 1 && `attempt ${job.attempt}`].filter(Boolean).join(" · "));
    say(shown.leftLine, leftWords(shown.left.seconds()));
    const count = job.takes?.length ?? 0;
    shown.ready.hidden = count === 0;
    if (count) say(shown.ready, count === 1 ? "Hear take 1" : `Hear ${count} takes`);
  }
  return Object.assign(root, { show });
}

/** Cancel a job, wherever it is. */
export async function stop(app, job) {
  try {
    await app.wire.ask({ request: "cancel", job: job.job });
  } catch (problem) {
    app.problem(problem);
  }
}

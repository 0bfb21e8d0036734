import { h, say } from "../dom.js";
import { endedList } from "../queue/ended.js";
import { runningCard } from "../queue/running.js";
import { waitingList } from "../queue/waiting.js";

export const title = "Queue";

/** What runs, what waits and in which order, and what has ended. */
export function mount(root, app, { signal }) {
  const summary = h("p", { role: "status" });
  const running = runningCard(app);
  const waiting = waitingList(app);
  const ended = endedList(app);
  const waitingTitle = h("h2", {}, "Waiting");
  const endedTitle = h("h2", {}, "Ended");
  const empty = h("div.pane.empty", {},
    h("h2", {}, "Nothing waits and nothing runs"),
    h("p", {}, "Jobs come from your DAW, from the studio and from the lyrics. What was made is in the history."),
    h("p.row.middle", {}, h("a.button", { href: "#/studio" }, "Open the studio"), h("a.button", { href: "#/history" }, "Open the history")));
  root.append(h("div.page-head", {}, h("div", {}, h("h1", {}, "Queue"), summary)), empty, running,
    h("section.stack.block", {}, waitingTitle, waiting), h("section.stack.block", {}, endedTitle, ended));

  function draw() {
    const all = [...app.jobs.all.values()];
    const now = all.find((job) => job.state === "running") ?? null;
    const order = app.jobs.order.filter((id) => app.jobs.all.get(id)?.state === "queued");
    const over = all.filter((job) => job.state === "done" || job.state === "failed" || job.state === "cancelled")
      .sort((one, other) => other.created - one.created);
    running.show(now);
    waiting.show(order);
    ended.show(over);
    waitingTitle.hidden = waiting.hidden = order.length === 0;
    endedTitle.hidden = over.length === 0;
    empty.hidden = Boolean(now || order.length);
    say(summary, [now && "1 runs", order.length && `${order.length} ${order.length === 1 ? "waits" : "wait"}`].filter(Boolean).join(", "));
  }
  for (const kind of ["changed", "listed", "ordered"]) app.jobs.on(kind, draw, signal);
  const clock = setInterval(() => { if (!document.hidden) draw(); }, 1000);
  signal.addEventListener("abort", () => clearInterval(clock), { once: true });
  draw();
}

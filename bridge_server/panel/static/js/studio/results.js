/** What was made: takes of the job that is shown, on the audition's board, with the parameters that made them. */

import { Bell } from "../bell.js";
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";
import { Board } from "../audition/board.js";

const HEADINGS = { text2music: "Text2Music Generated Audio", retake: "Retake", repaint: "Repainting", edit: "Edit", extend: "Extend" };

/** Rings "heard" with "JOB/N" and the tab that made it. */
export class Results extends Bell {
  #app;
  #signal;
  #ending = null;
  #board = null;
  #jobs = [];
  #tab = "text2music";
  #turn = 0;
  #body = h("div.stack");
  #bar = h("progress", { max: 1, hidden: true, "aria-label": "How far the job is" });
  #stage = h("p.small.quiet", { "aria-live": "polite" });

  constructor(app, signal) {
    super();
    this.#app = app;
    this.#signal = signal;
    this.stop = h("button.small", { type: "button", hidden: true, onclick: () => this.#cancel() }, icon("close"), "Cancel");
    this.title = h("h2", {}, HEADINGS.text2music);
    this.element = h("section.stack.studio-results", { "aria-label": "Results" }, h("div.row.apart", {}, this.title, this.stop), this.#bar, this.#stage, this.#body);
    app.jobs.on("changed", (job) => this.#follow(job), signal);
    app.wire.on("take", (event) => { if (this.#jobs.includes(event.job)) this.#hear(); }, signal);
    app.wire.on("panel:marked", (event) => this.#marked(event), signal);
    signal.addEventListener("abort", () => this.#ending?.abort(), { once: true });
  }

  /** Show the takes of these jobs, which belong together: the same request with several seeds. */
  async show(tab, jobs, first = "") {
    this.#tab = tab;
    this.#jobs = jobs;
    this.#board = null;
    this.#ending?.abort();
    replace(this.title, HEADINGS[tab]);
    replace(this.#body, jobs.length ? null : h("div.pane.empty", {}, h("p", {}, "What you generate is heard here.")));
    this.#showState();
    if (jobs.length) await this.#hear(first);
  }

  async #hear(first = "") {
    const turn = (this.#turn += 1);
    try {
      const ids = await this.#ids();
      if (!ids.length || turn !== this.#turn || this.#signal.aborted) return;
      const audition = await this.#app.api.get("/api/audition", { of: ids.join(","), around: 4 }, this.#signal);
      if (turn !== this.#turn || this.#signal.aborted) return;
      if (this.#board && this.#board.audition.frames === audition.frames) await this.#board.renew(audition);
      else await this.#mount(audition, first);
    } catch (error) {
      if (error.name !== "AbortError" && turn === this.#turn) replace(this.#body, problemBox(error));
    }
  }

  async #ids() {
    const found = await Promise.all(this.#jobs.map((job) => this.#app.api.get("/api/takes", { text: job, limit: 8 }, this.#signal)));
    const takes = found.flatMap(({ takes: all }) => all).filter((take) => this.#jobs.includes(take.job));
    return takes.sort((a, b) => this.#jobs.indexOf(a.job) - this.#jobs.indexOf(b.job) || a.number - b.number).map((take) => `${take.job}/${take.number}`);
  }

  async #mount(audition, first) {
    this.#ending?.abort();
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    const board = (this.#board = new Board(this.#app, audition, signal, { first }));
    const parameters = h("div");
    const remarks = [audition.problem, ...(audition.missing ?? []).map((one) => one.error)].filter(Boolean);
    replace(this.#body, remarks.map(problemBox), board.element, parameters);
    board.bindKeys();
    const tell = () => {
      const take = board.heardTake;
      if (!take) return;
      this.ring("heard", { id: `${take.job}/${take.number}`, tab: this.#tab });
      replace(parameters, this.#about(take));
    };
    board.hearing.on("heard", tell, signal);
    tell();
    await board.load();
  }

  /** Parameters as ACE-Step's screen shows them: the request as it was sent, opened when wanted. */
  #about(take) {
    const text = h("pre.studio-json", { tabindex: "0", "aria-label": "Parameters" });
    const details = h("details", {}, h("summary", {}, `Parameters of take ${take.number}`), text);
    details.addEventListener("toggle", async () => {
      if (!details.open || text.textContent) return;
      try {
        const told = await this.#app.api.get(`/api/takes/${take.job}/${take.number}`, {}, this.#signal);
        text.textContent = JSON.stringify({ ...told.rendered, seed: take.seed, recipe: told.recipe }, null, 2);
      } catch (error) {
        if (error.name !== "AbortError") this.#app.problem(error);
      }
    });
    const notes = take.notes?.length ? h("p.small.quiet", {}, take.notes.join("; ")) : null;
    return h("div.stack", {}, notes, this.saveLink(take), details);
  }

  /** The page gives it: a link that saves the take in the chosen format. */
  saveLink = () => null;

  #follow(job) {
    if (this.#jobs.includes(job.job)) this.#showState();
  }

  #showState() {
    const lines = this.#jobs.map((id) => this.#app.jobs.all.get(id)).filter(Boolean);
    const busy = lines.filter((line) => line.state === "queued" || line.state === "running");
    this.#bar.hidden = this.stop.hidden = !busy.length;
    this.#bar.value = lines.length ? lines.reduce((sum, line) => sum + (line.state === "done" ? 1 : line.fraction ?? 0), 0) / lines.length : 0;
    const running = busy.find((line) => line.state === "running");
    replace(this.#stage, busy.length ? running?.stage || "waits for its turn" : "");
    const failed = lines.find((line) => line.state === "failed");
    this.#body.querySelector(".problem.is-job")?.remove();
    if (failed?.error) {
      const box = problemBox(failed.error);
      box.classList.add("is-job");
      this.#body.querySelector(".empty")?.remove();
      this.#body.prepend(box);
    }
  }

  async #cancel() {
    for (const job of this.#jobs) {
      if (!["queued", "running"].includes(this.#app.jobs.all.get(job)?.state)) continue;
      try {
        await this.#app.wire.ask({ request: "cancel", job });
      } catch (error) {
        this.#app.problem(error);
      }
    }
  }

  #marked({ job, number, starred, discarded }) {
    const take = this.#board?.audition.takes.find((one) => one.job === job && one.number === number);
    if (!take) return;
    Object.assign(take, { starred, discarded });
    this.#board.refresh();
  }
}

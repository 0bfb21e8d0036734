/** Audition: the takes of a job above one another, heard in turn at the same beat. */

import { h, replace } from "../dom.js";
import { problemBox } from "../notices.js";
import { aboutTake } from "../audition/about.js";
import { Board } from "../audition/board.js";
import { taskName } from "../audition/format.js";
import { jobHead, regionWays } from "../audition/head.js";
import { JobProgress } from "../audition/progress.js";
import { icon } from "../icons.js";

export const title = "Audition";

const RECENT = 40;
const ASKED_BY = ["of", "job", "region", "upload"];

export function mount(root, app, here) {
  const page = new AuditionPage(root, app, here);
  return { show: (params) => page.show(params), ready: page.show(here.params) };
}

class AuditionPage {
  #root;
  #app;
  #here;
  #board = null;
  #ending = null;
  #query = {};
  #recent = [];
  #head = h("div.page-head");
  #progress = h("div");
  #stage = h("div");
  #about = h("div");

  constructor(root, app, here) {
    this.#root = root;
    this.#app = app;
    this.#here = here;
    replace(root, this.#head, this.#progress, this.#stage, this.#about);
    here.signal.addEventListener("abort", () => this.#ending?.abort(), { once: true });
    app.wire.on("take", (event) => this.#onTake(event), here.signal);
    app.wire.on("done", (event) => this.#onDone(event), here.signal);
    app.wire.on("panel:marked", ({ job, number, starred, discarded }) => {
      this.#onMark(job, number, { starred, discarded });
    }, here.signal);
    app.wire.on("place", ({ take }) => this.#onMark(take.job, take.number, { chosen: true }), here.signal);
    app.keys.bind("[", "An older job", () => this.#stepJob(1), here.signal);
    app.keys.bind("]", "A newer job", () => this.#stepJob(-1), here.signal);
  }

  async show(params) {
    this.#ending?.abort();
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    this.#board = null;
    replace(this.#about);
    replace(this.#progress);
    try {
      this.#query = Object.fromEntries(ASKED_BY.filter((name) => params.get(name)).map((name) => [name, params.get(name)]));
      const recent = this.#findRecent(signal);
      if (!Object.keys(this.#query).length) {
        await recent;
        if (!this.#recent.length) return this.#showNothing();
        this.#query = { job: this.#recent[0].job };
      }
      await this.#open(params.get("take") ?? "", signal);
      await recent;
      if (!signal.aborted) this.#showHead();
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      this.#showHead();
      replace(this.#stage, problemBox(error));
    }
  }

  async #open(first, signal) {
    const audition = await this.#app.api.get("/api/audition", { ...this.#query, around: 4 }, signal);
    const job = this.#query.job ?? audition.takes[0]?.job ?? "";
    if (job) replace(this.#progress, new JobProgress(this.#app, job, signal).element);
    const board = (this.#board = new Board(this.#app, audition, signal, { owner: this.#ownerOf(job), first }));
    const remarks = [audition.problem, ...(audition.missing ?? []).map((one) => one.error)].filter(Boolean);
    replace(this.#stage, remarks.map(problemBox), board.hearing.tracks.length ? board.element : noTakes());
    board.bindKeys();
    const about = () => replace(this.#about, board.isHidden ? null : aboutTake(board.heardTake, audition, this.#app));
    for (const kind of ["heard", "changed"]) board.hearing.on(kind, about, signal);
    board.on("blind", about, signal);
    about();
    this.#showHead();
    await board.load();
  }

  #ownerOf(job) {
    return this.#app.jobs.all.get(job)?.client ?? this.#recent.find((take) => take.job === job)?.client ?? "";
  }

  /** The newest take of each of the last jobs. */
  async #findRecent(signal) {
    const { takes } = await this.#app.api.get("/api/takes", { limit: RECENT * 3 }, signal);
    const byJob = new Map();
    for (const take of takes) if (!byJob.has(take.job)) byJob.set(take.job, take);
    this.#recent = [...byJob.values()].slice(0, RECENT);
  }

  #showHead() {
    const { audition } = this.#board ?? {};
    const job = this.#query.job ?? audition?.takes[0]?.job ?? "";
    const line = this.#app.jobs.all.get(job) ?? {};
    const known = { ...line, ...this.#recent.find((take) => take.job === job) };
    const choose = (chosen) => this.#app.go("audition", { job: chosen });
    replace(this.#head, jobHead(known, audition, this.#recent, job, choose), regionWays(this.#query.region));
    this.#here.heading(known.tags ? `${known.tags} · Audition` : "Audition");
  }

  #showNothing() {
    replace(this.#head, h("h1", {}, "Audition"));
    replace(this.#stage, h("div.pane.empty", {}, h("h2", {}, "Nothing to hear yet"),
      h("p", {}, "Select a region in your DAW and ask for takes of it there, or make something here without a DAW."),
      h("p", {}, h("a.button.main", { href: "#/studio" }, icon("plus"), "Make something"))));
  }

  #stepJob(by) {
    const at = this.#recent.findIndex((take) => take.job === this.#query.job);
    const next = this.#recent[at + by];
    if (next) this.#app.go("audition", { job: next.job });
  }

  async #onTake(event) {
    if (!this.#isShown(event.job)) {
      if (!this.#recent.length) await this.show(this.#here.params);
      return;
    }
    if (this.#query.of) return;
    if (!this.#board?.hearing.tracks.length) {
      await this.show(new URLSearchParams(this.#query));
      return;
    }
    const { signal } = this.#ending;
    try {
      const audition = await this.#app.api.get("/api/audition", { ...this.#query, around: 4 }, signal);
      if (!signal.aborted) await this.#board.renew(audition);
    } catch (error) {
      if (error.name !== "AbortError") this.#app.problem(error);
    }
  }

  /** Somebody's other job has ended while one listens here. */
  #onDone({ job, takes = [] }) {
    if (this.#isShown(job) || !takes.length || !this.#recent.length) return;
    const { task, tags } = this.#app.jobs.all.get(job) ?? {};
    const words = `${takes.length} take${takes.length === 1 ? " is" : "s are"} ready${tags ? `: ${tags}` : "."}`;
    this.#app.say(words, { title: taskName(task), action: ["Listen", () => this.#app.go("audition", { job })] });
  }

  #isShown(job) {
    return job === this.#query.job || Boolean(this.#board?.audition.takes.some((take) => take.job === job));
  }

  #onMark(job, number, marks) {
    const take = this.#board?.audition.takes.find((one) => one.job === job && one.number === number);
    if (!take) return;
    Object.assign(take, marks);
    this.#board.refresh();
  }
}

function noTakes() {
  return h("div.pane.empty", {},
    h("h2", {}, "No takes yet"),
    h("p", {}, "They appear here as soon as the engine has written them."));
}

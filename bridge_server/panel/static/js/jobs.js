/**
 * All jobs that the bridge knows, kept true by its events: one Map for every page of the panel.
 *
 * jobs.all: Map job → { job, client, task, state, created, project, tags, span, fraction, stage, error, takes, since, preview }
 * (`preview`: number of the take of which the latest preview was heard of)
 * jobs.order: ids of those that wait, as they will run
 * jobs.on("changed", fn, signal) with the job that changed; "listed" after the whole list was fetched anew; "ordered" with
 * the order of those that wait.
 */

import { Bell } from "./bell.js";

const STATES = { accepted: "queued", started: "running", done: "done", failed: "failed", cancelled: "cancelled" };

const LATEST = 200;
const MOST = 1000;

export class Jobs extends Bell {
  all = new Map();
  order = [];
  #wire;
  #asking = null;

  constructor(wire) {
    super();
    this.#wire = wire;
    wire.on("open", () => this.refresh(MOST));
    wire.on("queue", (event) => { this.order = event.jobs ?? []; this.ring("ordered", this.order); });
    for (const kind of [...Object.keys(STATES), "progress", "take", "preview"]) wire.on(kind, (event) => this.#hear(kind, event));
  }

  get unfinished() {
    return [...this.all.values()].filter((job) => job.state === "queued" || job.state === "running");
  }

  /** Fetch the list anew; calls that come while one is on its way share it. */
  refresh(limit = LATEST) {
    this.#asking ??= this.#list(limit).catch((problem) => console.debug("jobs: no list", problem)).finally(() => { this.#asking = null; });
    return this.#asking;
  }

  async #list(limit) {
    const listing = await this.#wire.ask({ request: "list", what: "jobs", limit });
    for (const line of listing.jobs ?? []) {
      const known = this.all.get(line.job);
      this.all.set(line.job, { fraction: 0, stage: "", takes: [], tags: "", project: "", since: 0, ...known, error: null, ...line });
    }
    // A short list may lack those that wait longest; whatever changes, a `queue` event tells the order.
    if (limit === MOST) {
      const waiting = (listing.jobs ?? []).filter((line) => line.position !== undefined);
      this.order = waiting.sort((one, other) => one.position - other.position).map((line) => line.job);
    }
    this.ring("listed", this.all);
  }

  #hear(kind, event) {
    const job = this.all.get(event.job);
    if (!job) {
      this.refresh();
      return;
    }
    if (STATES[kind]) job.state = STATES[kind];
    if (kind === "accepted") Object.assign(job, { fraction: 0, stage: "", error: null, position: event.position ?? 0 });
    if (kind === "started") Object.assign(job, { since: performance.now(), attempt: event.attempt ?? 1 });
    if (kind === "progress") Object.assign(job, { state: "running", fraction: event.fraction ?? 0, stage: event.stage ?? "" });
    if (kind === "take") job.takes = [...job.takes.filter((take) => take.number !== event.take.number), event.take];
    if (kind === "done") Object.assign(job, { fraction: 1, takes: event.takes ?? job.takes });
    if (kind === "failed") job.error = event.error;
    if (kind === "preview") job.preview = event.number;
    this.ring("changed", job);
  }
}

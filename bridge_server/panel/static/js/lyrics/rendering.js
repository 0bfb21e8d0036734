/**
 * Renders of versions: sends their jobs, follows them, and knows which takes are there.
 *
 * Rings "changed" whenever something of a render did, "takes" when there are other takes to hear.
 */

import { Bell } from "../bell.js";
import { freshJob } from "../wire.js";
import { asProblem } from "../problem.js";
import { changedVersions, renders, stamp, versionsIn } from "./draft.js";

const SEEDS = 2 ** 32;

export class Rendering extends Bell {
  isSending = false;
  #app;
  #draft;
  #source;
  #keep;

  constructor(app, { draft, source, keep }, signal) {
    super();
    this.#app = app;
    this.#draft = draft;
    this.#source = source;
    this.#keep = keep;
    app.jobs.on("changed", (job) => this.#follow(job), signal);
    app.jobs.on("listed", () => this.ring("changed"), signal);
    app.wire.on("take", (event) => this.#arrived(event), signal);
    for (const kind of ["open", "engine-known"]) app.wire.on(kind, () => this.ring("changed"), signal);
  }

  /** Backends that can sing other words. */
  get backends() {
    return (this.#app.wire.welcome?.backends ?? []).filter((backend) => backend.tasks.includes("edit") && backend.lyrics);
  }

  /** The one that would do it: as chosen, else the one that made the source, else one that edits any recording, else the first. */
  get capabilities() {
    const all = this.backends;
    const named = (name) => (name ? all.find((one) => one.backend === name) : undefined);
    const ofAnything = all.find((one) => (one.settings ?? []).includes("edit_n_min"));
    return named(this.#draft.backend) ?? named(this.#source.backend) ?? ofAnything ?? all[0] ?? null;
  }

  /** Why nothing can be rendered, as a problem, or null. */
  get obstacle() {
    const { welcome } = this.#app.wire;
    if (!welcome || this.capabilities) return null;
    const absent = (welcome.absent ?? []).find((backend) => (backend.tasks ?? []).includes("edit"));
    return welcome.engine_problem ?? absent?.problem ?? { message: "Nothing here can sing other words yet.", hint: "The engine page says what is missing." };
  }

  job(version) {
    return version.render ? this.#app.jobs.all.get(version.render.job) : undefined;
  }

  isOld(version) {
    return Boolean(version.render) && version.render.stamp !== stamp(this.#draft, version);
  }

  get isBusy() {
    return this.isSending || this.#draft.versions.some((version) => ["queued", "running"].includes(this.job(version)?.state));
  }

  /** Ids "JOB/N" of all takes that can be heard, version by version. */
  get takes() {
    return this.#draft.versions.flatMap((version) => [...(version.render?.takes ?? [])].sort((a, b) => a - b).map((number) => `${version.render.job}/${number}`));
  }

  /** What a press of the button would render, and whether with other seeds than before. */
  get plan() {
    const changed = changedVersions(this.#draft, (version) => this.#isLost(version));
    return changed.length ? { versions: changed, areNewSeeds: false } : { versions: versionsIn(this.#draft), areNewSeeds: true };
  }

  /** A render that came to nothing, or of which nobody knows: its page was left before the bridge had heard of it. */
  #isLost(version) {
    const job = this.job(version);
    return job ? ["failed", "cancelled"].includes(job.state) : !version.render?.takes.length;
  }

  newSeeds() {
    this.#draft.seed = crypto.getRandomValues(new Uint32Array(1))[0] % SEEDS;
  }

  /** Send what `plan` says. Problems are shown; what was accepted goes on. */
  async render() {
    const { versions, areNewSeeds } = this.plan;
    if (!versions.length || this.isSending) return;
    if (areNewSeeds || this.#draft.seed === null) this.newSeeds();
    this.isSending = true;
    this.ring("changed");
    const requests = renders(this.#draft, versions, this.#source, this.capabilities, freshJob);
    const sent = requests.map((request, at) => this.#send(request, versions[at]));
    await Promise.all(sent);
    this.isSending = false;
    this.#app.jobs.refresh();
    this.#keep();
    this.ring("takes");
    this.ring("changed");
  }

  async #send(request, version) {
    const before = version.render;
    // Kept before it is sent: a page that is left in between finds the render again.
    version.render = { job: request.job, stamp: stamp(this.#draft, version), takes: [] };
    this.#keep();
    try {
      await this.#app.wire.submit(request);
    } catch (error) {
      version.render = before;
      this.#app.problem(error);
    }
  }

  /** After the page was loaded anew: which takes are there by now. */
  async restore(signal) {
    await Promise.all(this.#draft.versions.filter((version) => version.render).map(async (version) => {
      try {
        const { takes } = await this.#app.api.get("/api/takes", { text: version.render.job, limit: 8 }, signal);
        version.render.takes = takes.filter((take) => take.job === version.render.job).map((take) => take.number);
      } catch (error) {
        if (error.name !== "AbortError") this.#app.problem(asProblem(error));
      }
    }));
    this.ring("takes");
    this.ring("changed");
  }

  async cancel() {
    for (const version of this.#draft.versions) {
      if (!["queued", "running"].includes(this.job(version)?.state)) continue;
      try {
        await this.#app.wire.ask({ request: "cancel", job: version.render.job });
      } catch (error) {
        this.#app.problem(error);
      }
    }
  }

  #follow(job) {
    const version = this.#draft.versions.find((one) => one.render?.job === job.job);
    if (!version) return;
    if (job.takes?.length) this.#know(version, job.takes.map((take) => take.number));
    this.ring("changed");
  }

  #arrived({ job, take }) {
    const version = this.#draft.versions.find((one) => one.render?.job === job);
    if (version) this.#know(version, [take.number]);
  }

  #know(version, numbers) {
    const before = version.render.takes.length;
    version.render.takes = [...new Set([...version.render.takes, ...numbers])];
    if (version.render.takes.length === before) return;
    this.#keep();
    this.ring("takes");
  }
}

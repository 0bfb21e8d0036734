/** How far the job is whose takes are shown; nothing once it is done. */

import { h, replace } from "../dom.js";
import { problemBox } from "../notices.js";
import { taskName } from "./format.js";

export class JobProgress {
  element = h("div.job-progress", { "aria-live": "polite" });
  #app;
  #job;
  #bar = h("progress", { max: 1, "aria-label": "How far the job is" });
  #words = h("span");
  #preview = h("div.row", { hidden: true });
  #previewed = "";

  constructor(app, job, signal) {
    this.#app = app;
    this.#job = job;
    app.jobs.on("changed", (line) => { if (line.job === job) this.show(); }, signal);
    app.jobs.on("listed", () => this.show(), signal);
    this.show();
  }

  show() {
    const line = this.#app.jobs.all.get(this.#job);
    if (line?.state === "failed") {
      const retry = h("button", { type: "button", onclick: () => this.#ask("retry") }, "Try again");
      replace(this.element, problemBox(line.error), retry);
    } else if (line?.state === "queued" || line?.state === "running") {
      const stage = line.state === "queued" ? "waiting" : line.stage || "running";
      this.#words.textContent = `${taskName(line.task)}: ${stage}`;
      this.#bar.value = line.fraction;
      this.#showPreview(line);
      if (!this.element.contains(this.#bar)) {
        const cancel = h("button.small", { type: "button", onclick: () => this.#ask("cancel") }, "Cancel");
        replace(this.element, h("div.row", {}, this.#words, h("div.grow", {}, this.#bar), cancel), this.#preview);
      }
    } else replace(this.element);
    this.element.hidden = !this.element.childElementCount;
  }

  /** Half-way of a take, where the job was asked for a preview. The player stays as it is until there is a newer one. */
  #showPreview({ job, preview }) {
    const source = preview ? `/api/takes/${job}/${preview}/preview` : "";
    if (source === this.#previewed) return;
    this.#previewed = source;
    this.#preview.hidden = !source;
    const label = `Half-way of take ${preview}`;
    replace(this.#preview, h("span", {}, label), h("audio", { controls: true, src: source, "aria-label": label }));
  }

  async #ask(request) {
    try {
      await this.#app.wire.ask({ request, job: this.#job });
    } catch (error) {
      this.#app.problem(error);
    }
  }
}

/** What can be done with a take: star, discard, keep, send to the DAW, show in its folder, take out as a file. */

import { hostName } from "./format.js";

export class Actions {
  #app;
  #own = null;

  constructor(app) {
    this.#app = app;
  }

  star(take) {
    return this.#mark(take, { starred: !take.starred });
  }

  discard(take) {
    return this.#mark(take, { discarded: !take.discarded });
  }

  /** The choice is written down; no program lays it anywhere. */
  keep(take) {
    return this.#try(async () => {
      await this.#app.wire.ask({ request: "choose", job: take.job, number: take.number, client: await this.#self() });
      take.chosen = true;
      this.#app.say(`Take ${take.number} is kept.`);
    });
  }

  /** The program that asked for the job (or `client`) lays the take on its timeline. */
  send(take, client = "") {
    return this.#try(async () => {
      await this.#app.wire.ask({ request: "choose", job: take.job, number: take.number, client });
      take.chosen = true;
      this.#app.say(`Take ${take.number} is on its way to ${hostName(client || take.client) || "the DAW"}.`);
    });
  }

  reveal(take) {
    return this.#try(() => this.#app.api.post(`/api/takes/${take.job}/${take.number}/reveal`));
  }

  /** Let go of over the timeline of a DAW, or over a folder, the file lands there (in Chromium-based browsers). */
  drag(event, { file, name }) {
    const url = new URL(file, location.href).href;
    event.dataTransfer.effectAllowed = "copy";
    event.dataTransfer.setData("DownloadURL", `audio/wav:${name.replaceAll(":", " ")}:${url}`);
    event.dataTransfer.setData("text/uri-list", url);
  }

  /** Programs that could be told to place a take. */
  async hosts() {
    const { hosts } = await this.#app.api.get("/api/hosts");
    return hosts.filter((client) => hostName(client));
  }

  #mark(take, marks) {
    return this.#try(async () => {
      await this.#app.api.post(`/api/takes/${take.job}/${take.number}/mark`, marks);
      Object.assign(take, marks);
    });
  }

  async #self() {
    this.#own ??= `panel-${(await this.#app.api.get("/api/session")).id}`;
    return this.#own;
  }

  async #try(act) {
    try {
      await act();
      return true;
    } catch (error) {
      this.#app.problem(error);
      return false;
    }
  }
}

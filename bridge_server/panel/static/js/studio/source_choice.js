/** What a tab works on, as on ACE-Step's screen: the last text2music, the last take of this very tab, or an upload. */

import { Bell } from "../bell.js";
import { freshId, h, replace } from "../dom.js";
import { takeSource, uploadSource } from "./takes.js";

/** Rings "source" with what `takes.js` makes of it, or null. */
export class SourceChoice extends Bell {
  source = null;
  #app;
  #takes;
  #signal;
  #tab;
  #kind = "text2music";
  #upload = null;
  #said = h("p.small.quiet");
  #turn = 0;

  #given = null;
  #ofGiven;
  #givenName = h("span");

  /** `label` is the legend, e.g. "Repaint Source". */
  constructor(app, takes, { tab, label }, signal) {
    super();
    this.#app = app;
    this.#takes = takes;
    this.#tab = tab;
    this.#signal = signal;
    const group = freshId("source");
    const radio = (kind, text) => h("label.tick", {}, h("input", { type: "radio", name: group, value: kind, checked: kind === this.#kind, onchange: () => this.#choose(kind) }), text);
    this.#ofGiven = radio("given", this.#givenName);
    this.#ofGiven.hidden = true;
    this.file = h("input", { type: "file", accept: "audio/*", "aria-label": `${label}: sound file`, hidden: true, onchange: () => this.#send(this.file.files[0]) });
    this.element = h("fieldset.studio-source", {}, h("legend", {}, label),
      h("div.row", {}, radio("text2music", "text2music"), radio(tab, `last_${tab}`), radio("upload", "upload"), this.#ofGiven), this.file, this.#said);
    takes.on("changed", (changed) => { if (changed === this.#kind) this.find(); }, signal);
  }

  /** One more choice, which is taken at once: `find()` gives the source. Without a name it goes away again. */
  offer(name = "", find = null) {
    const wasGiven = this.#kind === "given";
    this.#given = find;
    this.#ofGiven.hidden = !name;
    replace(this.#givenName, name);
    const kind = name ? "given" : wasGiven ? "text2music" : "";
    if (!kind) return;
    this.element.querySelector(`input[value=${kind}]`).checked = true;
    this.#choose(kind);
  }

  #choose(kind) {
    this.#kind = kind;
    this.file.hidden = kind !== "upload";
    this.find();
  }

  /** Ask the server what the choice is now. */
  async find() {
    const turn = (this.#turn += 1);
    try {
      const source = await this.#found();
      if (turn !== this.#turn || this.#signal.aborted) return;
      this.source = source;
    } catch (error) {
      if (error.name === "AbortError" || turn !== this.#turn) return;
      this.source = null;
      if (error.code !== "unknown_job") this.#app.problem(error);
    }
    const nothing = this.#kind === "upload" ? "Choose a file." : this.#kind === "text2music" ? "Nothing was generated yet." : "This tab has made nothing yet.";
    replace(this.#said, this.source?.title ?? nothing);
    this.ring("source", this.source);
  }

  #found() {
    if (this.#kind === "upload") return this.#ofUpload();
    return this.#kind === "given" ? this.#given() : this.#ofTake(this.#takes.of(this.#kind));
  }

  async #ofTake(id) {
    return id ? takeSource(await this.#app.api.get(`/api/takes/${id}`, {}, this.#signal)) : null;
  }

  async #ofUpload() {
    if (!this.#upload) return null;
    return uploadSource(this.#upload, await this.#app.api.get("/api/audition", { upload: this.#upload.id }, this.#signal));
  }

  async #send(file) {
    if (!file) return;
    replace(this.#said, `Uploading ${file.name} …`);
    try {
      this.#upload = await this.#app.api.send("/api/uploads", file, { name: file.name });
    } catch (error) {
      this.#app.problem(error);
    }
    await this.find();
  }
}

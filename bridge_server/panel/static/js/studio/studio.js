/** The studio: ACE-Step's own screen for every backend. Left what the song shall be, right what was made and what may be changed of it. */

import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";
import { ago } from "../audition/format.js";
import { Form, formOf, formOfExample } from "./form.js";
import { Results } from "./results.js";
import { generations } from "./requests.js";
import { SongFields } from "./song_fields.js";
import { LastTakes, earlierSource, regionSource } from "./takes.js";
import { makeTabs, tabList } from "./tabs.js";

const EARLIER = 60;

export class Studio {
  #app;
  #signal;
  #form = new Form();
  #takes = new LastTakes();
  #lists = { backends: [], loras: [], presets: [], projects: [] };
  #examples = [];
  #region = null;
  #fields;
  #results;
  #tabs;
  #tabRow;
  #problem = h("div");
  #banner = h("div");
  #earlier = h("select", { "aria-label": "Select previous generated input params" });
  #go = h("button.main.studio-go", { type: "button", onclick: () => this.#generate() }, "Generate");

  constructor(app, signal) {
    this.#app = app;
    this.#signal = signal;
    this.#fields = new SongFields(this.#form, { onUpload: (file) => this.#uploadReference(file), onSample: () => this.#sample() });
    this.#results = new Results(app, signal);
    this.#results.saveLink = (take) => this.#saveLink(take);
    this.#tabs = makeTabs(app, this.#takes, this.#form, signal);
    for (const tab of this.#tabs) tab.pane = h("div.stack", {}, tab.element, h("div.row", {}, h("button.main", { type: "button", onclick: () => this.#run(tab) }, tab.button)));
    this.#tabRow = tabList("Change it", this.#tabs, (tab) => tab.open());
    this.element = h("div.stack", {}, this.#head(), this.#problem, this.#banner, this.#columns());
    this.#form.on("changed", (name) => this.#changed(name), signal);
    this.#results.on("heard", ({ id, tab }) => this.#takes.set(tab, id));
    for (const kind of ["open", "engine-known"]) app.wire.on(kind, () => this.#show(), signal);
    app.jobs.on("changed", (job) => { if (job.state === "done") this.#findEarlier().catch((error) => this.#forgive(error)); }, signal);
    this.#show();
    this.#ready = this.#begin();
  }

  #ready;

  #head() {
    const load = h("button", { type: "button", onclick: () => this.#loadEarlier(this.#earlier.value) }, "Load");
    return h("div.page-head", {}, h("h1", {}, "Studio"), h("div.row.studio-earlier", {}, this.#earlier, load));
  }

  #columns() {
    const left = h("section.pane.studio-left", { "aria-label": "Song" }, this.#fields.element, h("div.studio-bar", {}, this.#go));
    const right = h("div.stack.studio-right", {}, this.#results.element, h("section.pane", { "aria-label": "Change it" }, this.#tabRow.element));
    return h("div.studio-columns", {}, left, right);
  }

  /** Lists that do not come over the wire; without them the page works all the same. */
  async #begin() {
    this.#form.load({});
    this.#tabRow.show(this.#tabs[0].name);
    const ask = (path) => this.#app.api.get(path, {}, this.#signal).catch((error) => { this.#forgive(error); return {}; });
    const [presets, { loras = [] }] = await Promise.all([ask("/api/presets"), ask("/api/loras"), this.#findEarlier().catch((error) => this.#forgive(error))]);
    Object.assign(this.#lists, { loras, presets: presets.presets ?? [] });
    this.#examples = presets.examples ?? [];
    if (this.#form.isNew && presets.defaults) this.#form.load({ isNew: false, tags: presets.defaults.tags, lyrics: presets.defaults.lyrics });
    this.#show();
    this.#form.load({});
  }

  #forgive(error) {
    if (error.name !== "AbortError") this.#app.problem(error);
  }

  /** What the address of the page says: an earlier take, or a region of a DAW. */
  async open(params) {
    const [take, region] = [params.get("take"), params.get("region")];
    await this.#ready;
    replace(this.#banner);
    this.#region = null;
    for (const tab of this.#tabs) tab.source?.offer();
    if (take) await this.#loadEarlier(take);
    if (region) await this.#openRegion(region);
    const last = this.#takes.of("text2music");
    await this.#results.show("text2music", last && !region ? [last.split("/")[0]] : [], last);
  }

  async #openRegion(id) {
    const region = await this.#app.api.get(`/api/regions/${id}`, {}, this.#signal);
    this.#region = region;
    const { music = {} } = region;
    const seconds = (region.span.end - region.span.start) / region.span.rate;
    this.#form.load({
      duration: seconds, bpm: music.bpm ?? "", meter: music.meter ?? "4/4", key: music.key ?? "", chords: music.chords ?? "",
      ...(region.tags ? { tags: region.tags } : {}), ...(region.lyrics ? { lyrics: region.lyrics } : {}), ...(region.language ? { language: region.language } : {}),
    });
    replace(this.#banner, h("div.pane.row.apart", {},
      h("span", {}, h("strong", {}, "For a region of your DAW: "), `${region.source_name || "an empty range"}, ${seconds.toFixed(1)} s. What you keep is laid there.`),
      h("a.button.small", { href: "#/studio" }, icon("close"), "Without the region")));
    if (!region.source) return;
    const find = async () => regionSource(region, await this.#app.api.get("/api/audition", { region: id, around: "0" }, this.#signal));
    for (const tab of this.#tabs) tab.source?.offer("region of the DAW", find);
  }

  get capabilities() {
    const { welcome } = this.#app.wire;
    const name = this.#form.backend || welcome?.default_backend;
    const all = welcome?.backends ?? [];
    return all.find((one) => one.backend === name) ?? all[0] ?? null;
  }

  #show() {
    const { welcome } = this.#app.wire;
    const { capabilities } = this;
    this.#lists.backends = welcome?.backends ?? [];
    this.#fields.show(capabilities, this.#lists, welcome?.default_backend);
    const can = (task) => !capabilities || capabilities.tasks.includes(task);
    this.#go.disabled = !can("generate");
    const first = this.#tabRow.offer((tab) => can(tab.task));
    const shown = this.#tabRow.element.querySelector("[aria-selected=true]");
    if (first && shown?.hidden) this.#tabRow.show(first.name);
    for (const tab of this.#tabs) tab.show?.(capabilities);
    const problem = welcome && !welcome.backends?.length ? welcome.engine_problem ?? welcome.absent?.[0]?.problem : null;
    replace(this.#problem, problem && problemBox(problem));
  }

  #changed(name) {
    if (name === "backend") this.#show();
    if (name === "preset") {
      const preset = this.#lists.presets.find((one) => one.name === this.#form.preset);
      this.#form.load({ tags: preset?.tags ?? "" });
    }
    if (name === "audio2audio") this.#fields.showReference();
    if (name === "format") this.#results.element.querySelector(".studio-save")?.dispatchEvent(new Event("format"));
  }

  #sample() {
    const fitting = this.#examples.filter((example) => (example.lora ?? "") === this.#form.lora);
    const all = fitting.length ? fitting : this.#examples;
    const others = all.filter((example) => example.tags !== this.#form.tags);
    const example = (others.length ? others : all)[Math.floor(Math.random() * (others.length || all.length))];
    if (!example) return;
    const before = { tags: this.#form.tags, lyrics: this.#form.lyrics, language: this.#form.language, duration: this.#form.duration, bpm: this.#form.bpm, meter: this.#form.meter, key: this.#form.key };
    this.#form.load(formOfExample(example));
    this.#app.say(`“${example.name}” is filled in.`, { action: ["Undo", () => this.#form.load(before)] });
  }

  async #findEarlier() {
    const { takes, projects = [] } = await this.#app.api.get("/api/takes", { limit: EARLIER }, this.#signal);
    this.#lists.projects = projects;
    const chosen = this.#earlier.value;
    const options = takes.map((take) => h("option", { value: `${take.job}/${take.number}` }, `${ago(take.created)} · ${take.tags.slice(0, 60) || take.task} · take ${take.number}`));
    replace(this.#earlier, h("option", { value: "" }, "Select previous generated input params"), options);
    this.#earlier.value = [...this.#earlier.options].some((option) => option.value === chosen) ? chosen : "";
  }

  async #loadEarlier(id) {
    if (!id) return;
    try {
      const told = await this.#app.api.get(`/api/takes/${id}`, {}, this.#signal);
      this.#form.load(formOf(told));
      this.#show();
      this.#openTab(told, id);
      this.#app.say(`The settings of take ${told.line.number} are loaded, its seed too.`);
    } catch (error) {
      this.#forgive(error);
    }
  }

  /** Again with changes: the tab that made it, on what it was made of. */
  #openTab(told, id) {
    const { request, line } = told;
    const tab = this.#tabs.find((one) => one.name === request.request);
    if (!tab) {
      this.#takes.set("text2music", id);
      return;
    }
    if (tab.name === "retake") this.#takes.set("text2music", String(request.take).replace(/^take:/, ""));
    else tab.source.offer(`what take ${line.number} was made of`, async () => earlierSource(told, await this.#app.api.get("/api/audition", { of: id, around: "0" }, this.#signal)));
    this.#tabRow.show(tab.name);
    tab.load(request, line.seed);
  }

  async #uploadReference(file) {
    if (!file) return;
    try {
      const found = await this.#app.api.send("/api/uploads", file, { name: file.name });
      this.#form.load({ reference: `upload:${found.id}`, referenceName: `${found.name}, ${found.seconds.toFixed(1)} s` });
    } catch (error) {
      this.#app.problem(error);
    }
  }

  #generate() {
    return this.#submit("text2music", this.#go, () => generations(this.#form, this.capabilities, { region: this.#region }));
  }

  #run(tab) {
    return this.#submit(tab.name, tab.pane.querySelector("button.main"), () => tab.requests(this.#form, this.capabilities));
  }

  async #submit(tab, button, make) {
    button.disabled = true;
    try {
      const requests = make();
      if (!requests.length) return;
      const accepted = [];
      for (const request of requests) accepted.push(await this.#app.wire.submit(request));
      this.#app.jobs.refresh();
      const shown = this.#results.show(tab, accepted.map((event) => event.job));
      this.#results.element.scrollIntoView({ block: "nearest" });
      await shown;
    } catch (error) {
      this.#app.problem(error);
    } finally {
      button.disabled = false;
    }
  }

  /** Saves the take in the format of the left column. */
  #saveLink(take) {
    const link = h("a.button.small.studio-save", { download: "" }, icon("drag"), "Save");
    const show = () => {
      const { format } = this.#form;
      link.href = `/api/takes/${take.job}/${take.number}/file${format === "wav" ? "" : `?format=${format}`}`;
      replace(link, icon("drag"), `Save as ${format}`);
    };
    link.addEventListener("format", show);
    show();
    return h("div.row", {}, link);
  }
}

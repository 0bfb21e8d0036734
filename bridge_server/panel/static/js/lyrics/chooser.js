/** Where words come from: a region that a DAW sent, an earlier take that is sung, a file. And drafts that wait to be gone on with. */

import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";
import { ago, clock, hostName } from "../audition/format.js";
import { Drafts } from "./draft.js";

const MOST_TAKES = 12;

export async function mountChooser(root, app, signal) {
  const regions = h("div.lyric-cards");
  const takes = h("div.lyric-cards");
  const drafts = h("div.lyric-cards");
  const file = h("input", { type: "file", accept: "audio/*", "aria-label": "Sound file to reword", onchange: () => upload(file.files[0]) });
  replace(root,
    h("div.pane.stack", {},
      h("h2", {}, "Which words do you want to change?"),
      h("p.quiet", {}, "Select the sung region in your DAW and send it to the panel, take something that was sung here, or bring a recording. The melody and everything around it stay; only the words become others.")),
    draftSection(drafts),
    h("section.stack", { "aria-labelledby": "lyric-regions" }, h("h2", { id: "lyric-regions" }, "From your DAW"), regions),
    h("section.stack", { "aria-labelledby": "lyric-takes" }, h("h2", { id: "lyric-takes" }, "Sung takes"), takes),
    h("section.stack", { "aria-labelledby": "lyric-file" }, h("h2", { id: "lyric-file" }, "A recording"), h("div.row", {}, file)));

  async function upload(chosen) {
    if (!chosen) return;
    try {
      const found = await app.api.send("/api/uploads", chosen, { name: chosen.name });
      app.go("lyrics", { upload: found.id });
    } catch (error) {
      app.problem(error);
    }
  }
  async function showRegions() {
    const found = (await app.api.get("/api/regions", {}, signal)).regions.filter((region) => region.source);
    replace(regions, found.length ? found.map(regionCard) : h("p.quiet", {}, "No DAW has sent a region yet. Select one there and choose “Open in the panel” from Dawbridge."));
  }
  async function showTakes() {
    const found = newestOfJobs((await app.api.get("/api/takes", { limit: 300, discarded: "0" }, signal)).takes.filter((take) => take.lyrics.trim()));
    replace(takes, found.length ? found.slice(0, MOST_TAKES).map(takeCard) : h("p.quiet", {}, "Nothing was sung here yet. ", h("a", { href: "#/studio" }, "Make a song with lyrics in the studio.")));
  }
  app.wire.on("panel:regions", () => showRegions().catch((error) => app.problem(error)), signal);
  for (const [show, place] of [[showRegions, regions], [showTakes, takes]]) {
    show().catch((error) => { if (error.name !== "AbortError") replace(place, problemBox(error)); });
  }
}

/** The first take of each job, songs before what was made of them with other words. */
function newestOfJobs(takes) {
  const first = new Map();
  for (const take of [...takes].reverse()) if (!first.has(take.job)) first.set(take.job, take);
  const all = [...first.values()].reverse();
  return [...all.filter((take) => take.task !== "edit"), ...all.filter((take) => take.task === "edit")];
}

function draftSection(root) {
  const found = new Drafts().list().slice(0, 6);
  if (!found.length) return null;
  replace(root, found.map((draft) => card(link(draft.about.key), draft.about.title || "Draft", `${draft.versions} ${draft.versions === 1 ? "version" : "versions"} · ${ago(draft.at / 1000)}`, draft.about.words)));
  return h("section.stack", { "aria-labelledby": "lyric-drafts" }, h("h2", { id: "lyric-drafts" }, "Go on writing"), root);
}

function regionCard(region) {
  const seconds = (region.span.end - region.span.start) / region.span.rate;
  const title = [region.source_name, region.project_name].filter(Boolean).join(" · ");
  return card(link({ region: region.id }), title || "Region", `${hostName(region.client) || region.client} · ${clock(seconds)} · ${ago(region.created)}`, region.lyrics);
}

function takeCard(take) {
  return card(link({ take: `${take.job}/${take.number}` }), take.tags || "Take", `take ${take.number} · ${clock(take.seconds)} · ${ago(take.created)}`, take.lyrics);
}

function link(key) {
  return `#/lyrics?${new URLSearchParams(key)}`;
}

function card(href, title, facts, lyrics) {
  const first = (lyrics ?? "").split("\n").filter((line) => line.trim() && !/^\s*\[/.test(line)).slice(0, 2);
  return h("a.lyric-card", { href }, h("strong.cut", {}, title), h("span.small.quiet", {}, facts), first.map((line) => h("span.lyric-card-line.cut", {}, line)), icon("send"));
}

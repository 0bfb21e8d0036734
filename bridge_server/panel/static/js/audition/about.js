/** What the take that is heard was made from, and where one can go on from it. */

import { h } from "../dom.js";
import { icon } from "../icons.js";

export function aboutTake(take, audition, app) {
  if (!take) return null;
  const id = `${take.job}/${take.number}`;
  const copying = { type: "button", title: "Copy the seed", onclick: () => copy(take.seed, app) };
  const seed = h("button.plain.small", copying, String(take.seed));
  const facts = [
    take.tags && ["Tags", take.tags],
    ["Seed", seed],
    ["Made by", take.backend],
    take.draft && ["Draft", "in few steps; refine it in the studio"],
    audition.takes.some((one) => one.job !== take.job) && ["Job", h("span.mono", {}, take.job)],
    take.notes?.length && ["Notes", take.notes.join("; ")],
  ].filter(Boolean);
  return h("section.about", { "aria-label": "About this take" },
    h("dl.about-facts", {}, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    take.lyrics && h("div.about-lyrics", {}, h("h3", {}, "Lyrics"), lyricsOf(take)),
    h("div.row.about-ways", {},
      h("a.button", { href: `#/studio?take=${id}` }, icon("again"), "Again with changes"),
      h("a.button", { href: `#/lyrics?take=${id}` }, "Other words"),
      h("a.button", { href: `#/history?take=${id}` }, "Recipe")));
}

function lyricsOf({ lyrics, language }) {
  return h("pre", { lang: language || null, tabindex: "0", "aria-label": "Lyrics" }, lyrics);
}

async function copy(seed, app) {
  try {
    await navigator.clipboard.writeText(String(seed));
    app.say(`Seed ${seed} copied.`);
  } catch (error) {
    console.debug("about: no clipboard", error);
    app.say(`Seed ${seed}`);
  }
}

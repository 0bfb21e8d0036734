/** Lyrics: other words on the same melody. The page opens on a region of a DAW, on a take or on a file. */

import { h, replace } from "../dom.js";
import { problemBox } from "../notices.js";
import { mountChooser } from "../lyrics/chooser.js";
import { Rewording } from "../lyrics/rewording.js";
import { findSource } from "../lyrics/sources.js";

export const title = "Lyrics";

export async function mount(root, app, here) {
  let ending = null;
  here.signal.addEventListener("abort", () => ending?.abort(), { once: true });

  async function show(params) {
    ending?.abort();
    ending = new AbortController();
    const { signal } = ending;
    try {
      const source = await findSource(app, params, signal);
      if (signal.aborted) return;
      const body = h("div.stack");
      if (!source) {
        replace(root, h("div.page-head", {}, h("h1", {}, "Lyrics")), body);
        here.heading("Lyrics");
        await mountChooser(body, app, signal);
        return;
      }
      here.heading(`${source.title} · Lyrics`);
      replace(root, new Rewording(app, source, signal, () => show(params)).element);
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      replace(root, h("div.page-head", {}, h("h1", {}, "Lyrics")), problemBox(error), h("p", {}, h("a", { href: "#/lyrics" }, "Choose something else")));
    }
  }
  await show(here.params);
  return { show };
}

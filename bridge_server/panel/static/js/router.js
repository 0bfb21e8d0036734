/**
 * Which page is shown: the part of the address behind `#/`, e.g. `#/audition?job=3f2a9c01-repaint`.
 *
 * A page is `screens/<name>.js` with `title` and `mount(root, app, here)`; `here` has `params` (URLSearchParams),
 * `signal` (aborted when the page is left: give it to listeners, bells and fetches) and `heading(text)` for the tab's title.
 * A page that can show other parameters without being made anew returns `{ show(params) }` from `mount`.
 */

import { h, replace } from "./dom.js";
import { asProblem } from "./problem.js";
import { problemBox } from "./notices.js";

const SCREENS = {
  audition: () => import("./screens/audition.js"),
  studio: () => import("./screens/studio.js"),
  lyrics: () => import("./screens/lyrics.js"),
  queue: () => import("./screens/queue.js"),
  history: () => import("./screens/history.js"),
  engine: () => import("./screens/engine.js"),
};

export class Router {
  #app;
  #root;
  #ending = null;
  #shown = { name: "", page: null };

  constructor(app, root) {
    this.#app = app;
    this.#root = root;
    window.addEventListener("hashchange", () => this.show());
  }

  /** Go to a page: `go("audition", {job})`. With `replace`, without a new entry in the browser's history. */
  go(name, params = {}, { replace: instead = false } = {}) {
    const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== "" && value != null));
    const hash = `#/${name}${query.size ? `?${query}` : ""}`;
    if (location.hash === hash) return;
    if (instead) {
      history.replaceState(null, "", hash);
      this.show();
    } else location.hash = hash;
  }

  async show() {
    const [name, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    const screen = SCREENS[name] ? name : "audition";
    const params = new URLSearchParams(query);
    if (this.#shown.name === screen && this.#shown.page?.show) {
      await this.#shown.page.show(params);
      return;
    }
    this.#ending?.abort();
    const ending = (this.#ending = new AbortController());
    this.#mark(screen);
    try {
      const module = await SCREENS[screen]();
      if (ending.signal.aborted) return;
      await this.#mount(screen, module, { params, signal: ending.signal });
    } catch (error) {
      if (!ending.signal.aborted) replace(this.#root, problemBox(asProblem(error)));
    }
  }

  async #mount(name, module, here) {
    const heading = (text) => { document.title = text ? `${text} · Dawbridge` : "Dawbridge"; };
    heading(module.title);
    const page = h("div", { class: `page ${name}-page` });
    replace(this.#root, page);
    window.scrollTo(0, 0);
    const first = this.#shown.name === "";
    this.#shown = { name, page: null };
    const page_ = await module.mount(page, this.#app, { ...here, heading });
    if (here.signal.aborted) return;
    this.#shown.page = page_ ?? null;
    if (!first) this.#root.focus({ preventScroll: true });
  }

  /** Show in the top bar which page it is, and let only its own style sheet count: two pages may use one class. */
  #mark(name) {
    for (const sheet of document.querySelectorAll("[data-only]")) sheet.media = sheet.dataset.only === name ? "all" : "not all";
    for (const link of document.querySelectorAll("[data-screen]")) {
      if (link.dataset.screen === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}

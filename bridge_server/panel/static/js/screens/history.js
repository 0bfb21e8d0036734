import { h } from "../dom.js";
import { showComparison } from "../history/compare.js";
import { showTake } from "../history/detail.js";
import { TakeList, keysLine } from "../history/list.js";
import { showSheet } from "../history/sheet.js";

export const title = "History";

/** All takes: the list, one take's recipe (`take`), two compared (`compare`), a provenance sheet (`sheet`). */
export function mount(root, app, { params, signal, heading }) {
  const list = new TakeList(app, signal);
  const listed = h("div", {}, list.element, keysLine());
  const other = h("div.stack", { hidden: true });
  root.append(listed, other);
  let view = new AbortController();
  let scrolled = 0;
  signal.addEventListener("abort", () => view.abort(), { once: true });

  async function show(given) {
    view.abort();
    view = new AbortController();
    const shown = { signal: view.signal, back: `#/history${list.query}` };
    const ids = (name) => (given.get(name) ?? "").split(",").filter(Boolean);
    const views = [
      ["take", "Recipe", (all) => showTake(other, app, all[0], shown)],
      ["compare", "Compare", (all) => showComparison(other, app, all.slice(0, 2), shown)],
      ["sheet", "Provenance", (all) => showSheet(other, app, { takes: all.join(",") }, shown)],
      ["sheet-of", "Provenance", ([project]) => showSheet(other, app, { project }, shown)],
    ];
    const [name, words, open] = views.find(([key]) => given.has(key)) ?? [];
    if (name && !listed.hidden) scrolled = window.scrollY;
    listed.hidden = Boolean(name);
    other.hidden = !name;
    heading(words ? `${words} · History` : "History");
    if (name) {
      window.scrollTo(0, 0);
      await open(ids(name));
      return;
    }
    await list.show(given);
    if (scrolled) window.scrollTo(0, scrolled);
    scrolled = 0;
  }
  return { show, ready: show(params) };
}

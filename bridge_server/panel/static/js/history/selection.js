/** What can be done with the selected takes; shown at the bottom as long as any is. */

import { h, say } from "../dom.js";
import { icon } from "../icons.js";

const MOST_HEARD = 8;
const MOST_ON_A_SHEET = 64;

export function selectionBar(app, list) {
  const words = h("strong", { role: "status" });
  const ids = () => [...list.selected].join(",");
  const link = (text, picture, go) => h("button", { type: "button", onclick: go }, icon(picture), text);
  const hear = link("Hear together", "play", () => app.go("audition", { of: ids() }));
  const compare = link("Compare", "compare", () => app.go("history", { compare: ids() }));
  const sheet = link("Provenance", "print", () => app.go("history", { sheet: ids() }));
  const star = link("Star", "star", () => each({ starred: true }));
  const away = link("Discard", "bin", () => each({ discarded: true }));
  const clear = h("button.plain", { type: "button", onclick: () => list.clearSelection() }, icon("close"), "Clear");
  const root = h("div.selection", { role: "region", "aria-label": "Selected takes", hidden: true }, words, hear, compare, sheet, star, away, clear);

  async function each(marks) {
    for (const id of list.selected) await list.mark(id, marks);
    list.clearSelection();
  }

  function show() {
    const count = list.selected.size;
    root.hidden = count === 0;
    say(words, `${count} selected`);
    hear.disabled = count > MOST_HEARD;
    hear.title = hear.disabled ? `At most ${MOST_HEARD} can be heard together` : "";
    sheet.disabled = count > MOST_ON_A_SHEET;
    sheet.title = sheet.disabled ? `At most ${MOST_ON_A_SHEET} at once; a whole project has a sheet of its own` : "";
    compare.disabled = count !== 2;
    compare.title = compare.disabled ? "Select two takes to compare their recipes" : "";
  }
  return Object.assign(root, { show });
}

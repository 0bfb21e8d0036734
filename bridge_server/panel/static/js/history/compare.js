/** Two recipes beside one another: what differs first, what is the same on demand. */

import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";
import { differences, fieldsOf, linesBeside } from "./differences.js";
import { titleOf } from "./names.js";
import { shownValue } from "./values.js";

export async function showComparison(root, app, ids, { signal, back }) {
  const [one, other] = ids;
  replace(root, h("p", { role: "status" }, "Reading the recipes …"));
  try {
    const details = await Promise.all(ids.map((id) => app.api.get(`/api/takes/${id}`, {}, signal)));
    if (!signal.aborted) draw(root, app, [one, other], details, back);
  } catch (error) {
    if (error.name !== "AbortError") replace(root, problemBox(error));
  }
}

function draw(root, app, ids, details, back) {
  const rows = differences(...details.map(fieldsOf));
  const differing = rows.filter((row) => !row.same);
  const heads = () => ids.map((id, at) => h("th", { scope: "col" },
    h("a", { href: `#/history?take=${id}` }, titleOf(details[at].line)),
    h("span.quiet.small.block", {}, `take ${id.split("/")[1]} · seed ${details[at].line.seed}`)));
  const table = (list) => h("table.compare", {}, h("thead", {}, h("tr", {}, h("td"), heads())), h("tbody", {}, list.map(rowOf)));
  const same = rows.filter((row) => row.same);
  replace(root,
    h("div.page-head", {}, h("h1", {}, "Two recipes compared"),
      h("div.row", {},
        h("a.button.main", { href: `#/audition?of=${ids.join(",")}` }, icon("play"), "Hear both"),
        ids.map((id, at) => h("a.button", { href: `#/studio?take=${id}` }, icon("again"), `${at ? "Second" : "First"} again with changes`)),
        h("a.button", { href: back }, "All takes"))),
    differing.length ? h("div.scroll.pane.tight", { tabindex: "0", role: "region", "aria-label": "What differs" }, table(differing)) : h("p", {}, "Both were made alike."),
    same.length > 0 && h("details", {}, h("summary", {}, icon("down"), `${same.length} fields are the same`), h("div.scroll.pane.tight", {}, table(same))));
}

function rowOf({ path, label, one, other, same }) {
  const isText = (path === "lyrics" || path === "source_lyrics") && !same;
  if (isText) return h("tr", {}, h("th", { scope: "row" }, label), h("td", { colspan: 2 }, lyricTable(one ?? "", other ?? "")));
  return h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, shownValue(path, one)), h("td", {}, shownValue(path, other)));
}

function lyricTable(one, other) {
  return h("div.beside", {}, linesBeside(String(one), String(other)).map(([left, right, same]) => [
    h("span", { class: same ? "" : left === null ? "none" : "gone" }, left ?? ""),
    h("span", { class: same ? "" : right === null ? "none" : "come" }, right ?? "")]));
}

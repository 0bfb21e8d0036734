/** The provenance sheet: which seconds of a song were made by which model, under which licence. To print, and as CSV. */

import { h, replace } from "../dom.js";
import { address } from "../http.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";

/** Columns of the printed sheet, of those that the CSV has, and how they are headed. */
const PRINTED = [
  ["project", "Project"], ["start", "From"], ["end", "To"], ["what", "What"], ["task", "How"], ["made_by_ai", "By AI"], ["model", "Model"], ["licence", "Licence"],
  ["loras", "LoRAs"], ["made_from", "Made from"], ["seed", "Seed"], ["created", "Made"], ["remark", "Remark"],
];
const LINKS = { licence: "licence_page" };

/** `query` is what GET /api/provenance takes: { takes } or { project }. */
export async function showSheet(root, app, query, { signal, back }) {
  replace(root, h("p", { role: "status" }, "Reading the recipes …"));
  try {
    const sheet = await app.api.get("/api/provenance", query, signal);
    if (!signal.aborted) draw(root, sheet, query, back);
  } catch (error) {
    if (error.name !== "AbortError") replace(root, problemBox(error));
  }
}

function draw(root, { rows }, query, back) {
  const shown = PRINTED.filter(([name]) => rows.some((row) => row[name]));
  const chosen = rows.filter((row) => row.chosen === "yes").length;
  replace(root,
    h("div.page-head", {},
      h("div", {}, h("h1", {}, "Provenance"), h("p", {}, `${rows.length} ${rows.length === 1 ? "stretch" : "stretches"} made with Dawbridge${chosen ? `, ${chosen} of them kept` : ""}; ${new Date().toLocaleDateString()}`)),
      h("div.row.unprinted", {},
        h("button.main", { type: "button", onclick: () => window.print() }, icon("print"), "Print"),
        h("a.button", { href: address("/api/provenance.csv", query), download: "provenance.csv" }, icon("file"), "Save as CSV"),
        h("a.button", { href: back }, "All takes"))),
    h("div.scroll.pane.tight", { tabindex: "0", role: "region", "aria-label": "Provenance" },
      h("table.sheet", {},
        h("thead", {}, h("tr", {}, shown.map(([, head]) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, rows.map((row) => h("tr", {}, shown.map(([name]) => h("td", {}, cell(row, name)))))))));
}

function cell(row, name) {
  const link = row[LINKS[name]];
  if (name === "created") return row.created.slice(0, 16).replace("T", " ");
  return link && row[name] ? h("a", { href: link, target: "_blank", rel: "noreferrer" }, row[name]) : row[name];
}

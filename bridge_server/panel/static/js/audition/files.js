/** Files that can be saved with a click, or dragged out of the page: of a take, of one of its stems, of one of its sides. */

import { h } from "../dom.js";
import { icon } from "../icons.js";

/** A link for `{file, name}`; `label` says whose it is: "take 2", "drums of take 2". */
export function fileLink(actions, { file, name }, label) {
  return h("a.button.plain.small.icon", {
    href: file, download: name, draggable: "true", dataset: { tool: "file" },
    title: `Drag ${label} into the DAW or a folder, or click to save it`,
    "aria-label": `Save or drag the file of ${label}`,
    ondragstart: (event) => actions.drag(event, { file, name }),
  }, icon("drag"));
}

/** The same take's file of one stem or one side. */
export function partOf(take, kind, value) {
  const separator = take.file.includes("?") ? "&" : "?";
  const file = `${take.file}${separator}${kind}=${encodeURIComponent(value)}`;
  return { file, name: take.name.replace(/(\.\w+)?$/, ` ${value}$1`) };
}

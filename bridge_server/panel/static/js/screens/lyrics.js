import { h } from "../dom.js";

export const title = "Lyrics";

export function mount(root) {
  root.append(h("div.page-head", {}, h("h1", {}, "Lyrics")));
}

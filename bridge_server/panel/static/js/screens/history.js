import { h } from "../dom.js";

export const title = "History";

export function mount(root) {
  root.append(h("div.page-head", {}, h("h1", {}, "History")));
}

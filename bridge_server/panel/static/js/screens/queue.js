import { h } from "../dom.js";

export const title = "Queue";

export function mount(root) {
  root.append(h("div.page-head", {}, h("h1", {}, "Queue")));
}

/** Short messages in the corner, read aloud by screen readers; problems stay until they are closed. */

import { coded, h } from "./dom.js";
import { icon } from "./icons.js";
import { asProblem } from "./problem.js";

const SHOWN_MS = 5000;

export class Notices {
  #root;

  constructor(root) {
    this.#root = root;
  }

  /** `say("Sent to REAPER.")`; with `{ action: ["Listen", fn] }` it has a button and stays a little longer. */
  say(text, { action = null, title = "" } = {}) {
    const notice = this.#show(h("div.words", {}, title && h("strong", {}, title), text), "", action);
    setTimeout(() => notice.remove(), action ? SHOWN_MS * 2 : SHOWN_MS);
    return notice;
  }

  /** What went wrong and what to do, until it is closed. */
  problem(error) {
    const problem = asProblem(error);
    const same = [...this.#root.children].find((notice) => notice.dataset.text === problem.message);
    same?.remove();
    const notice = this.#show(h("div.words", {}, h("strong", {}, coded(problem.message)), coded(problem.hint)), "bad");
    notice.dataset.text = problem.message;
    return notice;
  }

  #show(words, kind, action) {
    const closing = { type: "button", "aria-label": "Close this message", onclick: () => notice.remove() };
    const close = h("button.plain.small.icon", closing, icon("close"));
    const button = action && h("button.small", { type: "button", onclick: () => { notice.remove(); action[1](); } }, action[0]);
    const notice = h("div.notice", { class: kind, role: kind === "bad" ? "alert" : "status" }, words, button, close);
    this.#root.append(notice);
    return notice;
  }
}

/** A problem inside a page: message and hint, as they came. */
export function problemBox(error) {
  const problem = asProblem(error);
  const hint = problem.hint && h("span.hint", {}, coded(problem.hint));
  return h("div.problem", { role: "alert" }, h("strong", {}, coded(problem.message)), hint);
}

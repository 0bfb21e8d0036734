/** What is wrong and what to do, in the words of `dawbridge doctor`. */

import { coded, h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";

const MARKS = { ok: ["check", "ok", "good"], note: ["more", "note", "quiet"], problem: ["warning", "problem", "bad"] };
const ORDER = ["problem", "note", "ok"];

/** Returns the element, with `examine()`. */
export function doctorPane(app, signal) {
  const verdict = h("p", { role: "status" });
  const list = h("dl.findings", {});
  const button = h("button", { type: "button", onclick: () => examine() }, icon("again"), "Look again");
  const root = h("section.pane.stack", { "aria-label": "What is wrong" }, h("div.row.apart", {}, h("h2", {}, "What is wrong, and what to do"), button), verdict, list);

  async function examine() {
    button.disabled = true;
    say(verdict, "Looking at the machine, the bridge and the DAWs …");
    try {
      const { findings, problems } = await app.api.get("/api/doctor", {}, signal);
      say(verdict, problems ? `${problems} ${problems === 1 ? "problem" : "problems"}.` : "Everything is in order.");
      const sorted = ORDER.flatMap((state) => findings.filter((finding) => finding.state === state));
      replace(list, sorted.map(rowOf));
    } catch (error) {
      if (error.name !== "AbortError") replace(list, problemBox(error));
      say(verdict, "");
    } finally {
      button.disabled = false;
    }
  }
  return Object.assign(root, { examine });
}

function rowOf({ what, state, found, advice }) {
  const [picture, word, kind] = MARKS[state];
  return h("div.finding", { class: kind },
    h("dt", {}, icon(picture), h("span.unseen", {}, `${word}: `), what),
    h("dd", {}, coded(found), advice && h("span.advice", {}, "→ ", coded(advice))));
}

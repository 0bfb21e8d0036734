/** The models that can be had: fetched with a bar, stopped, gone on with, removed. */

import { coded, h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { problemBox } from "../notices.js";
import { size } from "../queue/words.js";
import { leftWords } from "../queue/left.js";
import { confirmPull, confirmRemoval } from "./confirm.js";

const BUSY = new Set(["looking", "fetching", "waiting"]);
const WHOSE = { environment: "your folder", own: "your folder", "hub cache": "Hugging Face cache" };

/** Returns the element, with `refresh()`. */
export function modelsPane(app, signal) {
  const list = h("ul.models", {});
  const advice = h("p.quiet");
  const root = h("section.pane.stack", { "aria-label": "Models" }, h("h2", {}, "Models"), advice, list);
  let found = null;
  let pull = null;

  app.wire.on("panel:pull", (event) => {
    const wasBusy = BUSY.has(pull?.state);
    pull = event;
    if (BUSY.has(event.state) && wasBusy) showBar();
    else refresh();
    if (event.state === "done") app.say(`${event.model} is here. It can be used at once.`);
  }, signal);

  async function refresh() {
    try {
      found = await app.api.get("/api/models", {}, signal);
      pull = found.pull;
      draw();
    } catch (error) {
      if (error.name !== "AbortError") replace(list, problemBox(error));
    }
  }

  async function post(model, what) {
    try {
      return await app.api.post(`/api/models/${model}/${what}`);
    } catch (problem) {
      app.problem(problem);
      return null;
    }
  }

  async function fetchIt(model) {
    if (await confirmPull(app, model)) await app.api.post(`/api/models/${model.name}/pull`).catch((problem) => app.problem(problem));
  }

  async function removeIt(model) {
    if (!(await confirmRemoval(model))) return;
    const answer = await post(model.name, "remove");
    if (answer) app.say(`${size(answer.freed)} were deleted.`);
    await refresh();
  }

  function draw() {
    replace(advice, coded(`For this machine: ${found.recommended.join(" and ") || "none"}; ${found.why}.`));
    replace(list, found.models.map(rowOf));
    showBar();
  }

  function rowOf(model) {
    const isHere = model.state === "complete";
    const busy = BUSY.has(pull?.state) && pull.model === model.name;
    const recommended = found.recommended.includes(model.name);
    const words = model.state === "partly" && model.size ? `partly here (${Math.min(99, Math.floor((100 * model.here) / model.size))} %)` : model.state;
    return h("li.model", { dataset: { model: model.name } },
      h("div.grow.stack.close", {},
        h("div.row", {}, h("strong", {}, model.name), h("span.tag", { class: isHere ? "on" : model.state === "damaged" ? "bad" : "" }, isHere && WHOSE[model.kind] ? `here, ${WHOSE[model.kind]}` : words), recommended && h("span.tag.on", {}, "suits this machine")),
        h("p.small.quiet", {}, model.tasks.length ? `${model.about} (${model.tasks.join(", ")})` : model.about),
        h("p.small.quiet", {}, [sizeWords(model), model.licence, isHere && model.folder].filter(Boolean).join(" · "), " · ", h("a", { href: model.page, target: "_blank", rel: "noreferrer" }, "its page")),
        model.caution && h("p.small", {}, model.caution),
        pull?.model === model.name && pull.problem && problemBox(pull.problem),
        h("div.bar", { hidden: true }, h("progress", { max: 1, "aria-label": `Fetching ${model.name}` }), h("p.small"))),
      h("div.row", {},
        busy && h("button.danger", { type: "button", onclick: () => post(model.name, "cancel"), "aria-label": `Stop fetching ${model.name}` }, icon("close"), "Stop"),
        !busy && !isHere && h("button", { type: "button", disabled: BUSY.has(pull?.state), onclick: () => fetchIt(model), "aria-label": `Fetch ${model.name}` }, icon("drag"), model.state === "partly" ? "Go on fetching" : "Fetch"),
        !busy && model.kind === "pulled" && model.here > 0 && h("button.plain", { type: "button", onclick: () => removeIt(model), "aria-label": `Remove ${model.name}` }, icon("bin"), "Remove")));
  }

  /** Only the bar moves between two changes of state. */
  function showBar() {
    for (const row of list.children) {
      const bar = row.querySelector(".bar");
      const isIts = pull?.model === row.dataset.model && BUSY.has(pull?.state);
      if (!bar) continue;
      bar.hidden = !isIts;
      if (!isIts) continue;
      const [progress, words] = bar.children;
      if (pull.total) progress.value = (pull.done ?? 0) / pull.total;
      else progress.removeAttribute("value");
      say(words, barWords(pull));
    }
  }
  return Object.assign(root, { refresh });
}

function barWords(pull) {
  if (pull.state === "looking") return "Looking up what is to be fetched …";
  const amount = `${size(pull.done ?? 0)} of ${size(pull.total ?? 0)}`;
  if (pull.state === "waiting") return `${amount}. ${pull.reason}`;
  const left = pull.rate > 0 ? (pull.total - pull.done) / pull.rate : null;
  return [amount, pull.rate > 0 && `${size(pull.rate)} a second`, leftWords(left), pull.file].filter(Boolean).join(" · ");
}

function sizeWords(model) {
  if (model.size === null) return "size told when fetched";
  return model.is_exact ? size(model.size) : `about ${size(model.size).replace(".00", "")}`;
}

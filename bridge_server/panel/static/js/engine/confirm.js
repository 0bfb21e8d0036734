/** Nothing is downloaded or deleted without having been agreed to, with all that there is to know about it. */

import { h, replace } from "../dom.js";
import { problemBox } from "../notices.js";
import { size } from "../queue/words.js";

/** Ask the server what it is, show that, and resolve with whether it shall be fetched. */
export function confirmPull(app, model) {
  const body = h("div.stack", {}, h("p", { role: "status" }, "Looking up what is to be fetched …"));
  const yes = h("button.main", { value: "yes", disabled: true }, "Fetch it");
  const answer = ask(`Fetch ${model.name}?`, body, yes);
  app.api.post(`/api/models/${model.name}/plan`).then(
    ({ plans }) => {
      if (!plans.length) {
        replace(body, h("p", {}, "All of it is here already."));
        return;
      }
      replace(body, plans.map(planOf));
      yes.disabled = plans.some((plan) => plan.to_fetch > plan.free);
      yes.focus();
    },
    (problem) => replace(body, problemBox(problem)),
  );
  return answer;
}

/** Resolves with whether what was fetched shall be deleted. */
export function confirmRemoval(model) {
  const body = h("div.stack", {},
    h("p", {}, `${size(model.here)} in ${model.folder} are deleted. Takes that were made with it stay, and cannot be made again until it is fetched anew.`),
    h("p.quiet", {}, "Folders of your own and the Hugging Face cache are never touched."));
  return ask(`Remove ${model.name}?`, body, h("button.danger", { value: "yes" }, "Delete the files"));
}

function planOf(plan) {
  const already = plan.size - plan.to_fetch;
  const facts = [
    ["To fetch", `${size(plan.to_fetch)} in ${plan.files} files${already ? ` (${size(already)} are here already)` : ""}`],
    ["From", plan.from], ["Licence", h("a", { href: plan.page, target: "_blank", rel: "noreferrer" }, plan.licence)],
    ["Folder", `${plan.folder} (${size(plan.free)} free)`],
  ];
  return h("div.stack.close", {}, h("h3", {}, plan.model),
    h("dl.facts", {}, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    plan.caution && h("p.small", {}, plan.caution));
}

function ask(title, body, yes) {
  return new Promise((answered) => {
    const no = h("button", { value: "no" }, "No");
    const dialog = h("dialog.confirm", { "aria-label": title }, h("h2", {}, title), body, h("form.row.end", { method: "dialog" }, no, yes));
    dialog.addEventListener("close", () => { dialog.remove(); answered(dialog.returnValue === "yes"); }, { once: true });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Controls as elements: a slider with its number, a choice, a tick. Each tells when a hand has changed it. */

import { choice, freshId, h } from "../dom.js";

/**
 * A slider and a number that say the same: `rangeField({ label, min, max, step, value, remark }, set)`.
 * The element has `put(value)` to show another one without telling `set`, and `control`, the number.
 */
export function rangeField({ label, min, max, step, value, remark, unit = "" }, set) {
  const id = freshId("range");
  const slider = h("input", { type: "range", min, max, step, "aria-hidden": "true", tabindex: "-1" });
  const number = h("input", { type: "number", id, min, max, step: step < 0.01 ? "any" : step, "aria-describedby": remark ? `${id}-remark` : null });
  const element = h("div.field.studio-range", {},
    h("label", { for: id }, label, unit && h("span.quiet", {}, ` (${unit})`)),
    h("div.row", {}, slider, number),
    remark && h("span.remark", { id: `${id}-remark` }, remark));
  function put(given) {
    slider.value = String(given);
    number.value = String(given);
    number.removeAttribute("aria-invalid");
  }
  slider.addEventListener("input", () => { number.value = slider.value; number.removeAttribute("aria-invalid"); set(Number(slider.value)); });
  number.addEventListener("input", () => {
    const given = Number(number.value);
    const isGood = number.value !== "" && given >= min && given <= max;
    number.setAttribute("aria-invalid", String(!isGood));
    if (!isGood) return;
    slider.value = String(given);
    set(given);
  });
  put(value);
  return Object.assign(element, { put, control: number });
}

export function tickField({ label, value, remark }, set) {
  const id = freshId("tick");
  const box = h("input", { type: "checkbox", id, checked: value, onchange: () => set(box.checked), "aria-describedby": remark ? `${id}-remark` : null });
  const element = h("div.field", {}, h("label.tick", { for: id }, box, label), remark && h("span.remark", { id: `${id}-remark` }, remark));
  return Object.assign(element, { put: (given) => { box.checked = Boolean(given); }, control: box });
}

export function oneField({ label, options, value, remark }, set) {
  const group = choice(label, options.map((option) => [option, option]), value, set);
  const element = h("div.field", {}, h("span.label", { "aria-hidden": "true" }, label), group, remark && h("span.remark", {}, remark));
  return Object.assign(element, { put: (given) => group.pick(given), control: group });
}

export function textField({ label, value, remark, placeholder = "", rows = 0, lang = "" }, set) {
  const id = freshId("text");
  const control = rows ? h("textarea", { id, rows, placeholder, lang: lang || null }) : h("input", { type: "text", id, placeholder });
  control.value = value ?? "";
  if (remark) control.setAttribute("aria-describedby", `${id}-remark`);
  control.addEventListener("input", () => set(control.value));
  const element = h("div.field", {}, h("label", { for: id }, label), control, remark && h("span.remark", { id: `${id}-remark` }, remark));
  return Object.assign(element, { put: (given) => { control.value = given ?? ""; }, control });
}

/** `put(value)`, and `offer([[value, text], …])` for other options. */
export function selectField({ label, options, value, remark }, set) {
  const id = freshId("select");
  const control = h("select", { id, onchange: () => { chosen = control.value; set(chosen); }, "aria-describedby": remark ? `${id}-remark` : null });
  const element = h("div.field", {}, h("label", { for: id }, label), control, remark && h("span.remark", { id: `${id}-remark` }, remark));
  let chosen = value;
  function offer(given) {
    const all = given.some(([key]) => key === chosen) || chosen === "" ? given : [...given, [chosen, chosen]];
    control.replaceChildren(...all.map(([key, text]) => h("option", { value: key }, text)));
    control.value = chosen;
  }
  function put(given) {
    chosen = given ?? "";
    if (![...control.options].some((option) => option.value === chosen)) control.append(h("option", { value: chosen }, chosen));
    control.value = chosen;
  }
  offer(options);
  return Object.assign(element, { put, offer, control });
}

/** The control of any setting of `controls.js`. */
export function settingField(control, value, set) {
  const given = { ...control, value };
  if (control.kind === "range") return rangeField(given, set);
  if (control.kind === "tick") return tickField(given, set);
  if (control.kind === "one") return oneField(given, set);
  return textField(given, set);
}

/** Elements without a framework: make them, fill them, find them. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element: `h("button.main", { onclick: keep, "aria-label": "Keep" }, "Keep")`.
 *
 * `what` is a tag with classes behind dots. In `given`, functions `on…` are listeners, `dataset` and `style` are objects,
 * `class` adds classes, true writes an empty attribute, null, undefined and false write none; `value`, `checked` and the
 * like are set as properties. Children are nodes, texts, lists of them; null and false are left out.
 */
export function h(what, given = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.classList.add(...classes);
  for (const [name, value] of Object.entries(given ?? {})) put(element, name, value);
  fill(element, ...children);
  return element;
}

const PROPERTIES = new Set(["value", "checked", "selected", "indeterminate", "disabled", "hidden", "textContent", "open"]);

function put(element, name, value) {
  if (name.startsWith("on") && typeof value === "function") element.addEventListener(name.slice(2).toLowerCase(), value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "style") for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
  else if (name === "class") element.classList.add(...String(value || "").split(" ").filter(Boolean));
  else if (PROPERTIES.has(name)) element[name] = value ?? "";
  else if (value === true) element.setAttribute(name, "");
  else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
}

/** Append nodes, texts, and lists of them. */
export function fill(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Put these children in place of all that were there. */
export function replace(element, ...children) {
  element.replaceChildren();
  return fill(element, ...children);
}

/** Set a text only if it changed, so that nothing is laid out for nothing. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A sentence of the bridge's, in which commands stand between backticks, as nodes. */
export function coded(text) {
  return String(text ?? "").split("`").map((piece, at) => (at % 2 ? h("code", {}, piece) : piece));
}

/** A picture of `icons.js`, which screen readers pass over. */
export function svg(paths, full = false) {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("viewBox", "0 0 24 24");
  element.setAttribute("class", full ? "icon full" : "icon");
  element.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    element.append(path);
  }
  return element;
}

let counted = 0;

/** A fresh id, to tie labels to what they name. */
export function freshId(word = "n") {
  counted += 1;
  return `${word}-${counted}`;
}

/** A labelled field: `field("Seed", h("input", {type: "number"}), "empty for a random one")`. */
export function field(label, control, remark = "") {
  control.id ||= freshId("field");
  const note = remark ? h("span.remark", { id: `${control.id}-remark` }, remark) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div.field", {}, h("label", { for: control.id }, label), control, note);
}

/**
 * Buttons of which one is on: `choice("Loop", [["off", "Off"], ["region", "Region"]], "region", onPick)`.
 * Returns the element, with `pick(value)` to show another one without telling `onPick`.
 */
export function choice(label, options, value, onPick) {
  const buttons = options.map(([key, text, title]) =>
    h("button", { type: "button", title, dataset: { value: key }, onclick: () => { pick(key); onPick(key); } }, text));
  const element = h("div.choice", { role: "group", "aria-label": label }, buttons);
  function pick(key) {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === String(key)));
  }
  pick(value);
  return Object.assign(element, { pick });
}

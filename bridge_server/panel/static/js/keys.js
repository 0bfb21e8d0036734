/**
 * Keys without a modifier, for pages that are played like an instrument.
 *
 * `keys.bind("1", "Hear take 1", fn, signal)`; `?` shows what is bound. Letters are for the page only while no text is being
 * written; space goes to the page unless a control that Tab has reached wants it.
 */

import { h, replace } from "./dom.js";

const NO_TEXT = ["checkbox", "radio", "range", "button"].map((type) => `:not([type=${type}])`).join("");
const WRITES = `input${NO_TEXT}, textarea, select, [contenteditable=true]`;
const TAKES_SPACE = "button, summary, a[href], input, [role=button], [role=slider]";
const TAKES_ARROWS = "input, [role=slider], [role=tab], [role=radio], [role=menuitem]";
const ARROWS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
const NAMES = { ...ARROWS, " ": "Space", Escape: "Esc", Enter: "Enter", Home: "Home", End: "End", Delete: "Del" };

export class Keys {
  #bound = new Map();
  #byKeyboard = false;
  #dialog = null;

  constructor() {
    document.addEventListener("keydown", (event) => this.#press(event));
    document.addEventListener("keydown", (event) => { if (event.key === "Tab") this.#byKeyboard = true; }, true);
    document.addEventListener("pointerdown", () => { this.#byKeyboard = false; }, true);
    this.bind("?", "Show these keys", () => this.show());
  }

  /** `key` is KeyboardEvent.key, with "Shift+" before it for letters and arrows. `hidden` keeps it out of the list. */
  bind(key, what, act, signal, { hidden = false } = {}) {
    if (signal?.aborted) return;
    const entry = { what, act, hidden };
    this.#bound.set(key, entry);
    signal?.addEventListener("abort", () => { if (this.#bound.get(key) === entry) this.#bound.delete(key); }, { once: true });
  }

  #press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(WRITES) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && this.#byKeyboard && target.closest(TAKES_SPACE)) return;
    if (event.key === "Enter" && target.closest(TAKES_SPACE)) return;
    if (event.key.startsWith("Arrow") && target.closest(TAKES_ARROWS)) return;
    const shifted = event.shiftKey && (event.key.length > 1 || /^[a-z]$/i.test(event.key));
    const entry = this.#bound.get(shifted ? `Shift+${event.key.length > 1 ? event.key : event.key.toLowerCase()}` : event.key);
    if (!entry) return;
    event.preventDefault();
    entry.act(event);
  }

  /** The keys that mean something on this page now. */
  show() {
    this.#dialog ??= document.body.appendChild(h("dialog", { "aria-label": "Keys" }));
    const shown = [...this.#bound].filter(([, entry]) => !entry.hidden);
    const list = shown.map(([key, entry]) => h("div", {}, h("dt", {}, h("kbd", {}, keyName(key))), h("dd", {}, entry.what)));
    const close = h("form.keys-close", { method: "dialog" }, h("button.main", {}, "Close"));
    replace(this.#dialog, h("h2", {}, "Keys"), h("dl.keys", {}, list), close);
    this.#dialog.showModal();
  }
}

export function keyName(key) {
  if (NAMES[key]) return NAMES[key];
  const [shift, letter] = key.startsWith("Shift+") ? ["Shift ", key.slice(6)] : ["", key];
  return shift + (NAMES[letter] ?? letter.toUpperCase());
}

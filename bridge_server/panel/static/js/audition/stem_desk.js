/** The stems of a take: solo and mute for each, heard while its take is heard. */

import { h } from "../dom.js";

export function stemDesk(hearing, id) {
  const rows = hearing.stems.get(id).map((stem) => {
    const solo = button("S", `Solo ${stem.role}`, () => hearing.setStem(id, stem.role, { isSolo: !stem.isSolo }));
    const mute = button("M", `Mute ${stem.role}`, () => hearing.setStem(id, stem.role, { isMuted: !stem.isMuted }));
    return { stem, solo, mute, element: h("div.stem", { role: "group", "aria-label": stem.role }, h("span.stem-role", {}, stem.role), solo, mute) };
  });
  function show() {
    const isAnySolo = rows.some(({ stem }) => stem.isSolo);
    for (const { stem, solo, mute, element } of rows) {
      solo.setAttribute("aria-pressed", String(stem.isSolo));
      mute.setAttribute("aria-pressed", String(stem.isMuted));
      element.classList.toggle("silent", isAnySolo ? !stem.isSolo : stem.isMuted);
    }
  }
  function button(letter, label, act) {
    return h("button.small.icon", { type: "button", "aria-label": label, title: label, onclick: () => { act(); show(); } }, letter);
  }
  show();
  return rows.map(({ element }) => element);
}

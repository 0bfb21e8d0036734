/** The stems of a take under its lane: solo and mute for each, its sound drawn, heard while its take is heard. */

import { h } from "../dom.js";
import { fileLink, partOf } from "./files.js";
import { loadPeaks } from "../draw/peaks.js";
import { Waveform } from "../draw/waveform.js";

const COLUMNS = 1600;

/**
 * @param board whose hearing has laid open the stems of `track`
 * @param look {signal, scale, region, grid}: how the lane above is drawn
 */
export function stemDesk({ hearing, actions }, { id, take }, look) {
  const rows = hearing.stems.get(id).map((stem) => {
    const solo = button("S", `Solo ${stem.role}`, () => hearing.setStem(id, stem.role, { isSolo: !stem.isSolo }));
    const mute = button("M", `Mute ${stem.role}`, () => hearing.setStem(id, stem.role, { isMuted: !stem.isMuted }));
    const head = h("div.stem-head", {}, h("span.stem-role", {}, stem.role), solo, mute,
      fileLink(actions, partOf(take, "role", stem.role), `${stem.role} of take ${take.number}`));
    return { stem, solo, mute, element: h("div.stem", { role: "group", "aria-label": stem.role }, head, picture(stem, look)) };
  });
  function show() {
    const isAnySolo = rows.some(({ stem }) => stem.isSolo);
    for (const { stem, solo, mute, element } of rows) {
      solo.setAttribute("aria-pressed", String(stem.isSolo));
      mute.setAttribute("aria-pressed", String(stem.isMuted));
      element.classList.toggle("silent", stem.isMuted || (isAnySolo && !stem.isSolo));
    }
  }
  function button(letter, label, act) {
    const onclick = () => {
      act();
      show();
    };
    return h("button.small.icon", { type: "button", "aria-label": label, title: label, onclick }, letter);
  }
  show();
  return rows.map(({ element }) => element);
}

function picture(stem, { signal, scale, region, grid }) {
  const canvas = h("canvas.stem-wave", { "aria-hidden": "true" });
  const wave = new Waveform(canvas, signal);
  wave.show({ region, grid }, scale);
  loadPeaks(stem.peaks, COLUMNS, signal).then(
    (peaks) => wave.show({ layers: [{ peaks, colour: "--wave" }] }, scale),
    (error) => console.debug("stems: no peaks", error),
  );
  return canvas;
}

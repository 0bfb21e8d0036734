/** Play, where it is, and how it is compared: loop, level, what plays under it, blind. */

import { choice, freshId, h, replace, say } from "../dom.js";
import { icon } from "../icons.js";
import { barAndBeat, beatsOf, clock } from "./format.js";
import { firstBar } from "./ruler.js";

const LOOPS = [
  ["region", "Region", "Play the region again and again (L)"],
  ["all", "With context", "What lies before and after it too (L)"],
  ["own", "Selection", "What was dragged over in the ruler, or set with I and O"],
  ["off", "Off", "Play to the end once (L)"],
];
const UNDER = { joins: "Other tracks", continues: "Clip" };
const VOLUME = "dawbridge.volume";

export function makeTransport(board) {
  const { hearing, hearing: { player } } = board;
  const play = h("button.main.icon.play", { type: "button", onclick: () => board.toggle() });
  const time = h("span.time", {}, "");
  const bar = h("span.bar.quiet", {}, "");
  const loop = choice("Loop", LOOPS, hearing.looping, (mode) => hearing.setLoop(mode));
  const level = toggle("level", "Level match", "Bring all takes to the same loudness (G)",
    () => hearing.setLevelled(!hearing.isLevelled));
  const under = toggle("under", UNDER[board.audition.kind] ?? "Context", "Hear what plays around and under it (C)",
    () => hearing.setBed(!hearing.isBedOn));
  const blind = toggle("blind", "Blind", "Compare without knowing which is which (B)", () => board.toggleBlind());
  const another = h("button", { type: "button", hidden: true, onclick: () => board.dealAgain() }, "Another round");
  const element = h("div.transport", { role: "toolbar", "aria-label": "Playback" },
    h("div.row.transport-play", {}, play, h("div.where", {}, time, bar)),
    h("div.row", {}, h("span.label.small.quiet", { "aria-hidden": "true" }, "Loop"), loop),
    h("div.row", {}, level, board.audition.bed && under, board.hearing.tracks.length > 1 && blind, another),
    volume(player));

  function showPlaying() {
    replace(play, icon(player.isPlaying ? "pause" : "play"));
    play.setAttribute("aria-label", player.isPlaying ? "Pause" : "Play");
    play.title = `${player.isPlaying ? "Pause" : "Play"} (space)`;
  }
  function showTime(frame) {
    const { rate, span } = board.audition;
    const music = beatsOf(board.audition);
    say(time, clock((frame - span.start) / rate));
    say(bar, music ? `bar ${barAndBeat((frame - firstBar(board.audition)) / rate, music)}` : "");
  }
  function show() {
    level.setAttribute("aria-pressed", String(hearing.isLevelled));
    under.setAttribute("aria-pressed", String(hearing.isBedOn));
    blind.setAttribute("aria-pressed", String(Boolean(board.blind)));
    another.hidden = !board.blind?.isOpen;
    loop.pick(hearing.looping);
    const { span, frames } = board.audition;
    loop.querySelector("[data-value=own]").hidden = !hearing.selection;
    loop.querySelector("[data-value=all]").hidden = span.start === 0 && span.end === frames;
    showPlaying();
  }
  show();
  showTime(player.position);
  return { element, show, showTime };
}

function toggle(picture, label, title, act) {
  return h("button", { type: "button", title, onclick: act }, icon(picture), label);
}

function volume(player) {
  const id = freshId("volume");
  const label = "Volume of this page";
  const slider = h("input", { type: "range", id, min: 0, max: 1, step: 0.01, "aria-label": label, title: label });
  slider.value = stored();
  slider.addEventListener("input", () => {
    set();
    localStorage.setItem(VOLUME, slider.value);
  });
  const set = () => { player.volume = Number(slider.value) ** 2; };
  set();
  return h("label.volume", { for: id }, icon("volume"), slider);
}

function stored() {
  const level = Number(localStorage.getItem(VOLUME) ?? 1);
  return level >= 0 && level <= 1 ? level : 1;
}

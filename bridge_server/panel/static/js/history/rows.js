/** Rows of takes by day. Made from one template, so that hundreds are there at once. */

import { h, replace } from "../dom.js";
import { hostName, taskName } from "../audition/format.js";
import { icon } from "../icons.js";
import { length } from "../queue/words.js";
import { dayOf, firstLine, idOf, timeOf, titleOf } from "./names.js";

const template = h("li", { class: "take" },
  h("input", { type: "checkbox", tabindex: "-1" }),
  h("button.plain.small.icon.star", { type: "button", tabindex: "-1", title: "Star (S)" }, icon("star")),
  h("button.plain.small.icon.listen", { type: "button", tabindex: "-1", title: "Listen (Space)" }, icon("play"), icon("pause")),
  h("span.what", {}, h("a.title"), h("span.words.quiet.small")),
  h("span.badges"),
  h("span.length"), h("span.seed.mono"), h("span.backend.quiet"), h("span.time.quiet"));

/** A row for a take; `dataset.take` is its id. */
export function rowOf(take) {
  const row = template.cloneNode(true);
  const [box, star, listen, what, , seconds, seed, backend, time] = row.children;
  const id = idOf(take);
  const name = `${titleOf(take)}, take ${take.number}, seed ${take.seed}`;
  row.dataset.take = id;
  box.setAttribute("aria-label", `Select ${name}`);
  star.setAttribute("aria-label", `Star ${name}`);
  listen.setAttribute("aria-label", `Listen to ${name}`);
  what.firstChild.textContent = titleOf(take);
  what.firstChild.href = `#/history?take=${id}`;
  what.firstChild.tabIndex = -1;
  const line = firstLine(take.lyrics);
  const host = hostName(take.client);
  what.lastChild.textContent = [line && `“${line}”`, taskName(take.task), take.number > 1 && `take ${take.number}`, host && `from ${host}`].filter(Boolean).join(" · ");
  seconds.textContent = length(take.seconds);
  seed.textContent = String(take.seed);
  backend.textContent = take.backend;
  time.textContent = timeOf(take.created);
  showMarks(row, take);
  return row;
}

/** What can change of a row: star, discarded, chosen. */
export function showMarks(row, take) {
  row.classList.toggle("away", take.discarded);
  row.children[1].setAttribute("aria-pressed", String(take.starred));
  const badges = [take.chosen && ["Kept", "on"], take.draft && ["Draft", ""], take.discarded && ["Discarded", ""]].filter(Boolean);
  replace(row.children[4], badges.map(([word, kind]) => h("span.tag", { class: kind }, word)));
}

/** Sections of days, with all rows in them. */
export function daysOf(takes) {
  const days = new Map();
  for (const take of takes) {
    const day = dayOf(take.created);
    if (!days.has(day)) days.set(day, []);
    days.get(day).push(rowOf(take));
  }
  return [...days].map(([day, rows]) => h("section.day", { "aria-label": day }, h("h2", {}, day), h("ul.takes", {}, rows)));
}

export function showPlaying(row, isPlaying) {
  const button = row.children[2];
  button.classList.toggle("on", isPlaying);
  button.setAttribute("aria-pressed", String(isPlaying));
}

export function showSelected(row, isSelected) {
  row.children[0].checked = isSelected;
  row.classList.toggle("selected", isSelected);
}


/** Takes as the history names them. */

import { taskName } from "../audition/format.js";

const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** "JOB/N", as the panel's addresses name a take. */
export function idOf(take) {
  return `${take.job}/${take.number}`;
}

/** What a take is called: its tags, else the stem or the task. */
export function titleOf(take) {
  return take.tags || (take.role ? `${taskName(take.task)}: ${take.role}` : taskName(take.task));
}

/** "Today", "Yesterday", "Monday 16 November 2026". */
export function dayOf(created, now = new Date()) {
  const date = new Date(created * 1000);
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return `${WEEKDAY.format(date)} ${DAY.format(date)}`;
}

export function timeOf(created) {
  return TIME.format(new Date(created * 1000));
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** The first sung line: what a song is remembered by. */
export function firstLine(lyrics = "") {
  return lyrics.split("\n").map((line) => line.trim()).find((line) => line && !/^\[.*\]$/.test(line)) ?? "";
}

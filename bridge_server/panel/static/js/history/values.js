/** Values of a recipe as people read them. */

import { h } from "../dom.js";

const SHARES = new Set(["strength", "variance", "reference_strength"]);

export function shownValue(path, value) {
  if (value === undefined || value === "") return h("span.quiet", {}, "–");
  if (value === true) return "yes";
  if (value === false) return "no";
  if (SHARES.has(path)) return `${Math.round(value * 100)} %`;
  if (path === "created" && typeof value === "string") return new Date(value).toLocaleString();
  if (path === "context_sha256") return h("span.mono", { title: value }, String(value).slice(0, 12));
  if (path === "seed") return h("span.mono", {}, String(value));
  if (path === "music.bpm") return `${value} bpm`;
  if (typeof value === "string" && value.includes("\n")) return h("span.lines", {}, value);
  return String(value);
}

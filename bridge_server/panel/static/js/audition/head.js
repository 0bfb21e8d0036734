/** The head of the audition: what was asked for, in a line, and the way to other jobs. */

import { h } from "../dom.js";
import { ago, beatsOf, hostName, taskName } from "./format.js";

/**
 * @param known what is known of the job: task, tags, project, client, created, backend
 * @param recent the newest take of each of the last jobs
 */
export function jobHead(known, audition, recent, job, onChoose) {
  const music = beatsOf(audition);
  const seconds = audition && (audition.span.end - audition.span.start) / audition.rate;
  const facts = [
    hostName(known.client) && `asked for by ${hostName(known.client)}`,
    seconds && `${seconds.toFixed(1)} s`,
    music && `${music.bpm} bpm, ${music.meter}`,
    audition?.music?.key,
    known.created && ago(known.created),
  ].filter(Boolean);
  const tags = known.tags && h("span.head-tags", {}, ` ${known.tags}`);
  const heading = h("div.grow.head-words", {},
    h("h1.cut", { title: known.tags }, taskName(known.task) || "Audition", tags),
    h("p", {}, facts.join(" · ")));
  return [heading, recent.length > 1 && recentJobs(recent, job, onChoose)];
}

/** What can be made of a region that a DAW has sent. */
export function regionWays(region) {
  if (!region) return null;
  return h("div.row", {},
    h("a.button.main", { href: `#/lyrics?region=${region}` }, "Other words"),
    h("a.button", { href: `#/studio?region=${region}` }, "Make takes of it"));
}

function recentJobs(recent, job, onChoose) {
  const options = recent.map((take) => {
    const what = [taskName(take.task), short(take.tags ?? "")].filter(Boolean).join(": ");
    return h("option", { value: take.job, selected: take.job === job }, `${what} · ${ago(take.created)}`);
  });
  if (!recent.some((take) => take.job === job)) options.unshift(h("option", { value: "", selected: true }, "This one"));
  const onchange = (event) => event.target.value && onChoose(event.target.value);
  const select = h("select", { "aria-label": "Other jobs", title: "Other jobs: [ and ]", onchange }, options);
  return h("div.head-recent", {}, select);
}

function short(text, most = 36) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

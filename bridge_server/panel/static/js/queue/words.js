/** A job in words. */

import { ago, hostName, taskName } from "../audition/format.js";

/** Seconds as they are read on a timeline: "4.20 s", "3:07". */
export function length(seconds) {
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** "8.21 GB", "364 kB": powers of ten, as disks are sold and `dawbridge models` says it. */
export function size(bytes) {
  for (const [unit, name, digits] of [[1e9, "GB", 2], [1e6, "MB", 1], [1e3, "kB", 0]]) {
    if (bytes >= unit) return `${(bytes / unit).toFixed(digits)} ${name}`;
  }
  return `${bytes} bytes`;
}

export function spanSeconds(job) {
  return job.span ? (job.span.end - job.span.start) / job.span.rate : null;
}

/** "repaint · 4.00 s · 2 takes · sketch": what is known of a job beside its tags. */
export function facts(job) {
  const seconds = spanSeconds(job);
  return [
    seconds !== null && length(seconds),
    (job.variants ?? 1) > 1 && `${job.variants} takes`,
    job.backend,
    hostName(job.client) && `from ${hostName(job.client)}`,
    ago(job.created),
  ].filter(Boolean).join(" · ");
}

/** What a job is called where it is named in a sentence: its task, and its tags in short. */
export function name(job) {
  const tags = job.tags ?? "";
  return tags ? `${taskName(job.task)}: ${tags.length > 60 ? `${tags.slice(0, 57)}…` : tags}` : taskName(job.task);
}

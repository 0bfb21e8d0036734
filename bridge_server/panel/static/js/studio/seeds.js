/** Seeds as they are typed, "1, 2, 3", as the jobs that they become: the protocol counts a job's seeds up from the first. */

import { Problem } from "../problem.js";

export const MOST = 8;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** [1, 2, 3] from "1, 2 3"; [] from "". Throws a Problem for what is no seed. */
export function readSeeds(text) {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  return words.map((word) => {
    const seed = Number(word);
    if (/^\d+$/.test(word) && seed <= LARGEST) return seed;
    throw new Problem({ code: "bad_request", message: `“${word}” is not a seed.`, hint: "Seeds are whole numbers from 0 upwards, separated by commas; leave the field empty for random ones." });
  });
}

/**
 * [{ seed, variants }]: consecutive seeds are one job. Without seeds one job of `variants` with seeds of its own (no `seed`).
 * As on ACE-Step's screen: with fewer seeds than variants, the last one counts on.
 */
export function asJobs(seeds, variants = 1) {
  if (!seeds.length) return [{ variants }];
  const all = [...seeds];
  while (all.length < variants) all.push(all.at(-1) + 1);
  const jobs = [];
  for (const seed of all) {
    const last = jobs.at(-1);
    if (last && seed === last.seed + last.variants && last.variants < MOST) last.variants += 1;
    else jobs.push({ seed, variants: 1 });
  }
  return jobs;
}

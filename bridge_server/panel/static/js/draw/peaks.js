/** Peaks as the server makes them: pairs of int16 (lowest, highest), little-endian, one pair a column. */

import { Problem } from "../problem.js";

const FULL_SCALE = 32768;
const NO_FILE = {
  code: "not_found",
  message: "The waveform cannot be drawn: its file is not there.",
  hint: "Was it moved or deleted?",
};
const KEPT = 64;
const kept = new Map();

/** @returns {Promise<{lows: Float32Array, highs: Float32Array}>} full scale ±1; the last few are kept */
export async function loadPeaks(url, points, signal) {
  const at = `${url}${url.includes("?") ? "&" : "?"}points=${points}`;
  if (kept.has(at)) return kept.get(at);
  const answer = await fetch(at, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Problem(NO_FILE);
  const peaks = decodePeaks(await answer.arrayBuffer());
  kept.set(at, peaks);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  return peaks;
}

export function decodePeaks(buffer) {
  const view = new DataView(buffer);
  const count = Math.floor(buffer.byteLength / 4);
  const lows = new Float32Array(count);
  const highs = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    lows[i] = view.getInt16(4 * i, true) / FULL_SCALE;
    highs[i] = view.getInt16(4 * i + 2, true) / FULL_SCALE;
  }
  return { lows, highs };
}

/** Level matching: what is compared should be as loud as one another, or the loudest wins (louder sounds better). */

const MOST_DB = 12;

/**
 * Gains that bring each track to the same loudness.
 *
 * @param {Object<string, number|null>} lufs loudness of each track after BS.1770-4; null where it is too quiet to measure
 * @param {number|null} goal the loudness to match, or null for the lowest, so that nothing clips
 * @returns {Object<string, number>} linear gains; 1 where nothing was measured, never more than 12 dB either way
 */
export function matchingGains(lufs, goal = null) {
  const to = Number.isFinite(goal) ? goal : Math.min(...Object.values(lufs).filter(Number.isFinite));
  const gain = (level) => (Number.isFinite(level) && Number.isFinite(to) ? gainOf(to - level) : 1);
  return Object.fromEntries(Object.entries(lufs).map(([id, level]) => [id, gain(level)]));
}

export function gainOf(decibels) {
  return 10 ** (Math.max(-MOST_DB, Math.min(MOST_DB, decibels)) / 20);
}

export function decibelsOf(gain) {
  return 20 * Math.log10(gain);
}

/** Solo and mute, as on a mixing desk: while any stem is soloed, only soloed ones sound; a muted one never does. */

/**
 * @param {Array<{role: string, isMuted: boolean, isSolo: boolean}>} stems
 * @returns {Object<string, number>|null} a gain for each role; null if all play, so that the take itself can be heard
 */
export function stemGains(stems) {
  const isAnySolo = stems.some((stem) => stem.isSolo);
  const gains = Object.fromEntries(stems.map((stem) => [stem.role, !stem.isMuted && (stem.isSolo || !isAnySolo) ? 1 : 0]));
  return Object.values(gains).every((gain) => gain === 1) ? null : gains;
}

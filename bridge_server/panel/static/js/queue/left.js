/** How long a job still takes, from how fast it came forward while this page watched: no clock but this page's own. */

const LEAST_SHARE = 0.02;
const LEAST_SECONDS = 1;

export class Left {
  #from = null;
  #at = null;

  /** Note how far the job is, 0…1, at `now` seconds. A step back is a new attempt. */
  note(fraction, now = performance.now() / 1000) {
    if (!this.#at || fraction < this.#at.fraction) this.#from = { fraction, now };
    if (!this.#at || fraction !== this.#at.fraction) this.#at = { fraction, now };
  }

  /** Seconds that are left, or null as long as nobody can tell. */
  seconds(now = performance.now() / 1000) {
    if (!this.#at) return null;
    const share = this.#at.fraction - this.#from.fraction;
    const time = this.#at.now - this.#from.now;
    if (share < LEAST_SHARE || time < LEAST_SECONDS) return null;
    return Math.max(0, ((1 - this.#at.fraction) / share) * time - (now - this.#at.now));
  }
}

/** "about 40 s left", "about 3 min left"; empty where nobody can tell. */
export function leftWords(seconds) {
  if (seconds === null) return "";
  if (seconds < 1.5) return "nearly done";
  if (seconds < 90) return `about ${seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 5) * 5} s left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 360) / 10} h left`;
}

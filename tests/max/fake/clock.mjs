// Time that passes only when it is told to, and by what the fake Live costs.

/** Virtual milliseconds. `advance(ms)` runs what falls due meanwhile, in order. */
export class Clock {
  constructor() {
    this.now = 1_700_000_000_000;
    this.timers = [];
    this.count = 0;
  }

  after(ms, callback) {
    const timer = { due: this.now + Math.max(0, ms), order: this.count++, callback };
    this.timers.push(timer);
    return timer;
  }

  cancel(timer) {
    this.timers = this.timers.filter((one) => one !== timer);
  }

  /** What a call into Live takes. */
  spend(ms) {
    this.now += ms;
  }

  next() {
    return this.timers.toSorted((one, other) => one.due - other.due || one.order - other.order)[0];
  }

  advance(ms) {
    const until = this.now + ms;
    for (let timer = this.next(); timer && timer.due <= until; timer = this.next()) {
      this.cancel(timer);
      this.now = Math.max(this.now, timer.due);
      timer.callback();
    }
    this.now = Math.max(this.now, until);
  }
}

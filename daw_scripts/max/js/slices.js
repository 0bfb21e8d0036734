/**
 * Work in small pieces, because Live stands still while a script runs.
 *
 * A *work* is a list of steps. Steps run one after the other until BUDGET_MS are over; what is left runs at the next
 * turn. A step asks Live for one or two things, never for a list of them. It may
 *   return nothing        done; the next step follows
 *   return {again: ms}    run this step once more, in so many milliseconds: it waits for something
 *   return {pause: ms}    done; the next step follows in so many milliseconds, when Live has done what it was told
 *   call work.then(step)  more steps, right behind this one
 *   throw                 the work ends, and `failed(error)` is told
 */
var BUDGET_MS = 2;
var TURN_MS = 1;

/** `later(ms, callback)` calls back once; `now()` is in milliseconds. */
exports.open = function (later, now) {
  return new Slices(later, now);
};

function Slices(later, now) {
  this.later = later;
  this.now = now;
  this.works = [];
  this.isWaiting = false;
  this.wake = 0;
}

/** Begins a work whose first step is `first`. `failed(error)` hears of a throw, `ended()` of every end. */
Slices.prototype.start = function (first, failed, ended) {
  var work = new Work(failed, ended);
  work.steps.push(first);
  this.works.push(work);
  this.arm(0);
  return work;
};

/** Whether anything is left to do. */
Slices.prototype.isBusy = function () {
  return this.works.length > 0;
};

Slices.prototype.arm = function (ms) {
  var due = this.now() + Math.max(ms, TURN_MS);
  if (this.isWaiting && this.wake <= due) return;
  var self = this;
  this.isWaiting = true;
  this.wake = due;
  this.later(Math.max(ms, TURN_MS), function () { self.turn(due); });
};

Slices.prototype.turn = function (due) {
  if (due !== this.wake) return;
  this.isWaiting = false;
  var start = this.now();
  var ready = this.readyOnes(start);
  while (ready.length > 0) {
    for (var index = 0; index < ready.length; index += 1) {
      if (ready[index].run(this.now())) return this.rest();
      if (this.now() - start >= BUDGET_MS) return this.rest();
    }
    ready = this.readyOnes(this.now());
  }
  return this.rest();
};

Slices.prototype.readyOnes = function (now) {
  this.works = this.works.filter(function (work) { return work.steps.length > 0; });
  return this.works.filter(function (work) { return work.due <= now; });
};

Slices.prototype.rest = function () {
  var now = this.now();
  this.readyOnes(now);
  if (this.works.length === 0) return;
  var soonest = this.works.reduce(function (least, work) { return Math.min(least, work.due); }, Infinity);
  this.arm(Math.max(0, soonest - now));
};

function Work(failed, ended) {
  this.steps = [];
  this.more = null;
  this.due = 0;
  this.failed = failed;
  this.ended = ended;
}

/** A step behind those that are there; inside a step: right behind that one, in the order of the calls. */
Work.prototype.then = function (step) {
  (this.more || this.steps).push(step);
  return this;
};

/** Ends the work without a word. */
Work.prototype.stop = function () {
  this.steps = [];
  this.isStopped = true;
};

/** One step. True if it wants the turn to end with it. */
Work.prototype.run = function (now) {
  var step = this.steps.shift();
  var answer;
  this.more = [];
  try {
    answer = step(this) || {};
  } catch (error) {
    this.more = null;
    this.steps = [];
    if (this.failed) this.failed(error);
    if (this.ended) this.ended();
    return true;
  }
  if (this.isStopped) this.more = [];
  else if (answer.again !== undefined) this.steps = this.more.concat([step], this.steps);
  else this.steps = this.more.concat(this.steps);
  this.more = null;
  this.due = now + (answer.again || answer.pause || 0);
  if (this.steps.length === 0 && this.ended) this.ended();
  return answer.again !== undefined || answer.pause !== undefined;
};

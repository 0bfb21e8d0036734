/**
 * Who this device is and what it still waits for, over the end of the set and of Live: it comes back from the set's
 * hidden parameter and from the disk (see store.js).
 *
 * The set's own memory counts first: a result that was laid in after the set was last saved does not lie in it, and is
 * laid in once more. The disk adds the jobs that were asked for since.
 */
var adopt = require("./adopt");
var files = require("./files");
var ids = require("./ids");
var letter = require("./letter");
var live = require("./live");
var presence = require("./presence");
var store = require("./store");
var text = require("./text");

var PATIENCE_MS = 300;
var KEEP_AFTER_MS = 50;
var MOST_RESULTS = 8;

exports.open = function (desk) {
  return new Memory(desk);
};

function Memory(desk) {
  this.desk = desk;
  this.client = "";
  this.number = 0;
  this.hasSaidUnsaved = false;
  this.waitsUntil = null;
  this.pending = null;
}

/** Whether it is known who we are. */
Memory.prototype.isReady = function () {
  return this.client !== "";
};

/** The device has loaded: what the set remembers may come a moment later, or never. */
Memory.prototype.begin = function () {
  if (this.isReady()) return;
  this.waitsUntil = this.desk.now() + PATIENCE_MS;
  if (this.pending) this.recall();
};

/** What the set remembers. It also comes right after it was written; that is no news. */
Memory.prototype.told = function (symbol) {
  var kept = store.parse(symbol);
  if (!kept || symbol === this.written) return;
  if (this.isReady() && (this.client === kept.client || this.hasOwn())) return;
  this.pending = kept;
  this.client = "";
  if (this.desk.isLoaded) this.recall();
};

Memory.prototype.hasOwn = function () {
  return this.desk.jobs.list.length > 0 || this.desk.results.length > 0;
};

Memory.prototype.tick = function () {
  var now = this.desk.now();
  if (!this.isReady() && this.waitsUntil !== null && now >= this.waitsUntil) this.recall();
  if (this.keepDue && now >= this.keepDue) this.keep();
};

/** Becomes the one that the set or the disk remembers, or somebody new. */
Memory.prototype.recall = function () {
  var song = live.songPath();
  var home = this.desk.findHome(song, this.pending && this.pending.home);
  var now = this.desk.now();
  var inSet = this.pending;
  var kept = inSet || this.forThisSet(home, song, now);
  this.pending = null;
  if (kept && presence.isTaken(kept.client, this.desk.token, now)) kept = null;
  this.client = kept ? kept.client : ids.digits(16);
  presence.say(this.client, this.desk.token, now);
  if (kept) this.takeAll(kept, home ? store.load(home, this.client) : null);
  if (kept !== inSet || !kept || kept.isBrief) this.gist = null;
  if (this.desk.courier.state === "open") this.desk.courier.greet(now);
  this.resume();
  this.keepSoon();
};

Memory.prototype.takeAll = function (kept, disk) {
  if (disk && kept.isBrief) this.take(disk);
  this.take(kept);
  this.gist = gistOf(kept);
  if (disk && disk.number > kept.number) this.take(disk);
};

/** What was never answered is sent again. */
Memory.prototype.resume = function () {
  var courier = this.desk.courier;
  this.desk.jobs.running().forEach(function (job) {
    if (job.cancelling) return courier.ask({ request: "cancel", id: job.cancelling, job: job.id });
    if (job.state !== "sent") return undefined;
    var isWhole = !job.letter && !letter.fault(job.request);
    if (!isWhole && !(job.letter && files.isThere(job.letter))) return fail(job);
    var body = isWhole ? letter.body(job.request) : "";
    return courier.post({ word: job.request.request, name: job.id, body: body, file: job.letter || null });
  });
};

function fail(job) {
  job.state = "failed";
  job.problem = { code: "", message: text.say("letter_gone"), hint: "" };
}

/** A device that was never saved with its set: whoever spoke for this very set, if nobody does now. */
Memory.prototype.forThisSet = function (home, song, now) {
  var self = this;
  if (!home) return null;
  return adopt.candidates(home, song).filter(function (kept) {
    return !presence.isTaken(kept.client, self.desk.token, now);
  })[0] || null;
};

Memory.prototype.take = function (kept) {
  var results = this.desk.results;
  this.number = Math.max(this.number, kept.number || 0);
  this.hasSaidUnsaved = this.hasSaidUnsaved || Boolean(kept.saidUnsaved);
  this.desk.jobs.after = Math.max(this.desk.jobs.after, kept.after === undefined ? -1 : kept.after);
  this.desk.jobs.restore(kept.jobs || []);
  (kept.results || []).forEach(function (result) {
    if (!results.some(function (one) { return one.job === result.job; })) results.push(result);
  });
};

/** Writes soon: several changes in a row are one. */
Memory.prototype.keepSoon = function () {
  if (this.keepDue) return;
  this.keepDue = this.desk.now() + KEEP_AFTER_MS;
  this.desk.arm(KEEP_AFTER_MS);
};

/** Writes what has changed. A set that is only looked at stays as it is: a write would make Live ask to save it. */
Memory.prototype.keep = function () {
  var desk = this.desk;
  this.keepDue = null;
  if (!this.isReady()) return;
  desk.results.splice(0, Math.max(0, desk.results.length - MOST_RESULTS));
  var kept = {
    number: this.number, client: this.client, home: desk.courier.home, song: live.songPath(),
    after: desk.jobs.after, saidUnsaved: this.hasSaidUnsaved, jobs: desk.jobs.records(), results: desk.results
  };
  var gist = gistOf(kept);
  if (gist === this.gist) return;
  this.gist = gist;
  this.write(kept);
};

/** What makes a memory another one: not the number of times that it was written, nor the events that were heard. */
function gistOf(kept) {
  return JSON.stringify([kept.client, kept.home, kept.song, kept.saidUnsaved, kept.jobs, kept.results]);
}

Memory.prototype.write = function (kept) {
  var home = this.desk.courier.home;
  if (home && (this.wasOnDisk || kept.jobs.length + kept.results.length > 0)) {
    this.wasOnDisk = true;
    if (!store.save(home, kept)) this.desk.log("memory.unwritable home=" + home);
    this.number = kept.number;
  }
  this.written = store.symbol(kept);
  this.desk.out.memory(this.written);
};

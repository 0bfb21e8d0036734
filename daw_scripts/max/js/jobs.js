/**
 * What became of the jobs that this device asked for: sent → accepted → running → done, failed or cancelled.
 *
 * A job is a plain object, kept with the set and on the disk:
 *   id, request     the job's id and the request as it is sent; only its name and tags
 *                  once it was accepted, or where it lies in a file of its own
 *   letter          that file
 *   place           where the result belongs; see subject.js
 *   state           one of the six above
 *   takes           with state done: what the bridge made
 *   problem         with state failed: code, message, hint
 *   seq             of the newest event about it
 *   since           of the newest event of all when it was asked for
 *   cancelling      id of the `cancel` that the user asked for
 *   wanted          the variant that somebody chose before it was laid in
 * and, not kept: fraction, stage, position (jobs before it).
 */
var LAST = { done: true, failed: true, cancelled: true };
var KEPT = ["id", "request", "place", "state", "takes", "problem", "seq", "since", "letter", "wanted", "cancelling"];

exports.open = function () {
  return new Jobs();
};

function Jobs() {
  this.list = [];
  this.after = -1;
}

Jobs.prototype.get = function (id) {
  return this.list.filter(function (job) { return job.id === id; })[0] || null;
};

/** `file` is where a long letter lies, else null. */
Jobs.prototype.add = function (request, place, file) {
  var job = { id: request.job, request: request, place: place, state: "sent", seq: 0, since: this.after };
  if (file) {
    job.letter = file;
    job.request = gist(request);
  }
  this.list.push(job);
  return job;
};

/** A take that another program has asked for, as a job whose result is there; nothing where it is known. See guests.js. */
Jobs.prototype.receive = function (take, request, place) {
  var id = take.job + "_" + take.number;
  if (!this.get(id)) this.list.push({ id: id, request: request, place: place, state: "done", takes: [take], seq: 0, since: this.after });
};

/** Ends our interest: the result lies where it belongs, or the user has been told. */
Jobs.prototype.forget = function (id) {
  this.list = this.list.filter(function (job) { return job.id !== id; });
};

/** Jobs that have not ended, oldest first. */
Jobs.prototype.running = function () {
  return this.list.filter(function (job) { return !LAST[job.state]; });
};

/** The bridge has said its newest `seq`: what was before it does not concern jobs that are yet to be sent. */
Jobs.prototype.welcomed = function (seq) {
  if (this.after >= 0) return;
  this.after = seq;
  this.list.forEach(function (job) { if (job.since < 0) job.since = seq; });
};

/**
 * The `seq` after which something may have been missed; -1 for nothing. An event that was lost lies before others that
 * came, so what counts is the oldest job that still waits.
 */
Jobs.prototype.missedFrom = function () {
  var after = this.after;
  this.running().forEach(function (job) {
    if (job.since >= 0) after = Math.min(after, Math.max(job.seq, job.since));
  });
  return after;
};

/** What is kept of the jobs. */
Jobs.prototype.records = function () {
  return this.list.map(function (job) {
    var record = {};
    KEPT.forEach(function (name) { if (job[name] !== undefined) record[name] = job[name]; });
    return record;
  });
};

/** Takes back what was kept; jobs that are known already stay as they are. */
Jobs.prototype.restore = function (records) {
  var self = this;
  records.forEach(function (record) {
    if (record && record.id && record.request && record.place && !self.get(record.id)) self.list.push(record);
  });
};

/** What names are made of. */
function gist(request) {
  return { request: request.request, job: request.job, tags: request.tags || "" };
}

var hear = {};

/** From now on the bridge has the request; of ours only what names are made of is kept. */
hear.accepted = function (job, event) {
  job.position = event.position || 0;
  if (job.state === "sent") job.state = "accepted";
  job.request = gist(job.request);
  delete job.letter;
};

hear.started = function (job) { job.state = "running"; };

hear.progress = function (job, event) {
  job.fraction = event.fraction || 0;
  job.stage = event.stage || "";
  if (job.state !== "done") job.state = "running";
};

hear.take = function () {};

hear.done = function (job, event) {
  job.state = "done";
  job.takes = event.takes || [];
  if (job.takes.length > 0) return;
  job.state = "failed";
  job.problem = { code: "bridge_fault", message: "The job ended without a take.", hint: "" };
};

hear.failed = function (job, event) {
  job.state = "failed";
  job.problem = event.error;
};

hear.cancelled = function (job) { job.state = "cancelled"; };

hear.refused = function (job, event) {
  if (job.cancelling && event.error.code === "unknown_job") job.state = "cancelled";
  else if (!job.cancelling || event.id !== job.cancelling) hear.failed(job, event);
};

/**
 * Takes in one event. Returns the job it is about; null if it is none of ours, old, or about a job that has ended: events
 * come twice and in any order, and a job that is over stays as it is.
 */
Jobs.prototype.hear = function (event) {
  var job = this.get(event.job || "");
  if (event.seq > 0) this.after = Math.max(this.after, event.seq);
  if (!job || !hear[event.event] || LAST[job.state]) return null;
  if (event.seq > 0 && event.seq <= job.seq) return null;
  hear[event.event](job, event);
  job.seq = Math.max(job.seq, event.seq || 0);
  return job;
};

Jobs.prototype.hasEnded = function (job) {
  return Boolean(LAST[job.state]);
};

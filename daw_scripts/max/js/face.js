/** What the strip shows. Each control is told only what has changed. */
var offer = require("./offer");
var text = require("./text");
var verbs = require("./verbs");

exports.open = function (ui) {
  return new Face(ui);
};

function Face(ui) {
  this.ui = ui;
  this.shown = {};
  this.message = "";
}

/** Everything is told anew at the next `show`: the controls may have forgotten. */
Face.prototype.refresh = function () {
  this.shown = {};
};

Face.prototype.tell = function (name, message, value) {
  var key = name + " " + message;
  if (this.shown[key] === value) return;
  this.shown[key] = value;
  this.ui([name, message, value]);
};

/** The line at the bottom keeps its sentence until the next one. */
Face.prototype.say = function (sentence) {
  this.message = sentence;
  this.tell("message", "set", sentence);
};

Face.prototype.subject = function (sentence) {
  this.tell("subject", "set", sentence);
};

/** `desk` as it is now. */
Face.prototype.show = function (desk) {
  var courier = desk.courier;
  var running = desk.jobs.running();
  var result = desk.results[desk.results.length - 1];
  var reason = offer.reason(verbs.get(desk.held.operation), courier.welcome);
  var settings = offer.settings(courier.welcome);
  this.tell("dot", "set", courier.state === "open" ? 1 : 0);
  this.tell("status", "set", statusOf(desk));
  this.tell("send", "active", reason ? 0 : 1);
  if (reason && this.reason !== reason) this.say(reason);
  if (!reason && this.reason && this.message === this.reason) this.say("");
  this.reason = reason;
  this.tell("draft", "active", settings.draft ? 1 : 0);
  this.tell("reference", "active", settings.reference ? 1 : 0);
  this.tell("cancel", "active", running.length > 0 ? 1 : 0);
  this.tell("progress", "set", Math.round(100 * fractionOf(running)));
  this.tell("pick", "active", result && result.takes.length > 1 ? 1 : 0);
  this.tell("keep", "active", result ? 1 : 0);
  this.tell("discard", "active", result ? 1 : 0);
  if (result) this.tell("pick", "set", result.chosen - 1);
};

function fractionOf(running) {
  return running.reduce(function (most, job) { return Math.max(most, job.fraction || 0); }, 0);
}

function statusOf(desk) {
  var job = desk.jobs.running()[0];
  if (desk.isGathering) return text.say("reading");
  if (job) return exports.ofJob(job, desk.courier);
  if (desk.isLanding) return text.say("landing");
  return exports.ofBridge(desk.courier);
}

/** Whether the bridge answers, and which engine it has. */
exports.ofBridge = function (courier) {
  if (courier.state === "knocking") return text.say("knocking");
  if (courier.state !== "open") return text.say(courier.missing);
  return text.say("engine_" + courier.welcome.engine);
};

exports.ofJob = function (job, courier) {
  if (courier.state === "looking") return text.say("waits_for_bridge", { reason: text.say(courier.missing) });
  if (job.cancelling) return text.say("cancelling");
  if (job.state === "sent") return text.say("sending");
  if (job.state === "running") return text.say(job.stage ? "rendering" : "rendering_first", { stage: job.stage });
  if (courier.welcome && courier.welcome.engine !== "ready") return text.say("engine_" + courier.welcome.engine);
  return text.say(job.position > 0 ? "queued_behind" : "queued", { count: job.position });
};

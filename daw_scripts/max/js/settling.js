/** Brings jobs that have ended to their end in the set, and does what is asked of results that lie there. */
var files = require("./files");
var guests = require("./guests");
var ids = require("./ids");
var landing = require("./landing");
var live = require("./live");
var paths = require("./paths");
var range = require("./range");
var Refusal = require("./refusal").Refusal;
var results = require("./results");
var text = require("./text");
var tracks = require("./tracks");

var LAND_AGAIN_MS = 1000;

/** Looks at every job that has ended; one is laid in at a time. */
exports.settle = function (desk) {
  desk.jobs.list.slice().forEach(function (job) {
    if (job.state === "done") exports.land(desk, job);
    else if (job.state === "failed") end(desk, job, text.problem(job.problem));
    else if (job.state === "cancelled") end(desk, job, text.say("cancelled"));
  });
};

function end(desk, job, sentence) {
  desk.jobs.forget(job.id);
  desk.courier.answered(job.id);
  if (job.cancelling) desk.courier.answered(job.cancelling);
  desk.memory.keepSoon();
  desk.face.say(sentence);
}

exports.land = function (desk, job) {
  if (job.cancelling) return end(desk, job, text.say("finished_before_cancel", { path: job.takes[0].path }));
  if (desk.isLanding || (job.landAgain || 0) > desk.now()) return undefined;
  if (isOfAnotherSet(desk, job.place)) {
    job.landAgain = desk.now() + LAND_AGAIN_MS;
    return desk.say("wait_set");
  }
  desk.isLanding = true;
  return desk.slices.start(function (work) {
    landing.land(work, desk, job, function (outcome) { landed(desk, job, outcome); });
  }, function (error) {
    desk.fail(error);
    job.landAgain = desk.now() + LAND_AGAIN_MS;
    job.faults = (job.faults || 0) + 1;
    if (job.faults > 2) end(desk, job, text.say("live_refused", { path: job.takes[0].path }));
  }, function () {
    desk.isLanding = false;
    desk.face.show(desk);
  });
};

/**
 * Asked for in a set that still lies elsewhere on the disk: this one got the memory of the other by a preset or by a
 * copy of the device. A set that was renamed or moved since has left nothing at its old place.
 */
function isOfAnotherSet(desk, place) {
  if (place.session === desk.session || !place.song) return false;
  var song = live.songPath();
  return !paths.same(song, place.song) && files.isThere(place.song);
}

function landed(desk, job, outcome) {
  if (outcome.wait) {
    job.landAgain = desk.now() + LAND_AGAIN_MS;
    return desk.say(outcome.wait);
  }
  if (outcome.parked) {
    var values = { path: outcome.path, version: desk.abilities.version };
    return end(desk, job, text.say(outcome.parked, values));
  }
  desk.results.push(outcome.result);
  return end(desk, job, remarked(told(job, outcome), outcome.result));
}

/** What the engine remarked on the variant that is heard stands behind the sentence. */
function remarked(sentence, result) {
  var take = result.takes.filter(function (one) { return one.number === result.chosen; })[0];
  var remarks = (take && take.remarks) || [];
  return remarks.length === 0 ? sentence : text.say("remarked", { sentence: sentence, remarks: remarks.join(" ") });
}

function told(job, outcome) {
  var place = job.place;
  var isSession = place.isSession;
  var name = isSession || outcome.result.tracks.length === 0 ? place.track.name : outcome.result.tracks[0].name;
  if (outcome.oddity) return text.say(outcome.oddity, { path: outcome.path, range: place.range });
  return text.say(isSession ? "landed_session" : "landed", { range: place.range, name: name });
}

/** Hands `found` the result of the clip in Clip View if it is one, else the newest; and the number that is meant. */
function meant(work, desk, found) {
  results.shown(work, function (shown) {
    var newest = desk.results[desk.results.length - 1];
    if (!shown && !newest) throw new Refusal("no_result");
    if (!shown) return void found(newest, newest.chosen);
    var known = desk.results.filter(function (one) { return one.job === shown.job; })[0];
    if (known) return void found(known, shown.number);
    return void forgotten(work, desk, shown, found);
  });
}

/** A result from a time that nobody remembers: its clip and the files beside its own tell enough. */
function forgotten(work, desk, shown, found) {
  var about = { song: { tempo: 120 } };
  var place = { verb: "again", session: desk.session, song: "", isFixed: true };
  range.read(work, "clip", about);
  work.then(function () {
    if (!about.trackId || about.isSession) throw new Refusal("result_gone", { path: shown.path });
    tracks.read(work, about);
  });
  work.then(function () { about.takes = results.takesIn(shown.folder); });
  work.then(function () { about.frames = shown.clip.number("sample_length"); });
  work.then(function () { about.rate = shown.clip.number("sample_rate") || 1; });
  work.then(function () { about.devices = live.by(about.trackId).ids("devices").length; });
  work.then(function () {
    place.track = about.track;
    place.start = about.range.start;
    place.range = about.track.name;
    found({
      job: shown.job, tags: "", takes: about.takes, chosen: shown.number, kept: 0, seconds: about.frames / about.rate,
      tracks: [{ id: about.track.id, name: about.track.name, devices: about.devices }], place: place
    }, shown.number);
  });
}

function doing(desk, first) {
  desk.slices.start(first, function (error) { desk.fail(error); }, function () {
    desk.memory.keepSoon();
    desk.face.show(desk);
  });
  desk.arm(0);
}

exports.pick = function (desk, number) {
  doing(desk, function (work) {
    meant(work, desk, function (result) { pickIn(work, desk, result, number); });
  });
};

function pickIn(work, desk, result, number) {
  results.pick(work, desk, result, number, function (oddity) {
    var take = result.takes.filter(function (one) { return one.number === number; })[0];
    if (oddity !== "live_refused") result.chosen = number;
    var sentence = text.say(oddity || "picked", { path: take.paths[0], range: result.place.range, number: number });
    return desk.face.say(oddity ? sentence : remarked(sentence, result));
  });
}

/** Somebody chose a take, here or on a page: it is the one that shall play; one that nobody here asked for is laid in. */
exports.place = function (desk, take) {
  var own = desk.results.filter(function (one) { return one.job === take.job; });
  var result = own.filter(function (one) { return has(one, take.number); })[0];
  var job = desk.jobs.get(take.job);
  if (job) job.wanted = take.number;
  else if (!result) return doing(desk, function (work) { guests.receive(work, desk, take); });
  if (!result || result.chosen === take.number || result.takes.length < 2) return undefined;
  return doing(desk, function (work) { pickIn(work, desk, result, take.number); });
};

function has(result, number) {
  return result.takes.some(function (one) { return one.number === number; });
}

exports.keep = function (desk) {
  doing(desk, function (work) {
    meant(work, desk, function (result, number) {
      result.kept = number;
      desk.courier.ask({ request: "choose", id: ids.digits(16), job: result.job, number: number });
      results.mark(work, desk, result, number);
      work.then(function () { desk.say("kept", { number: number }); });
    });
  });
};

exports.discard = function (desk) {
  doing(desk, function (work) {
    meant(work, desk, function (result) {
      results.discard(work, desk, result, function (sentence) {
        desk.results = desk.results.filter(function (other) { return other.job !== result.job; });
        desk.say(sentence);
      });
    });
  });
};

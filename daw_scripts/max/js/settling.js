/** Brings jobs that have ended to their end in the set, and does what is asked of results that lie there. */
var files = require("./files");
var ids = require("./ids");
var landing = require("./landing");
var live = require("./live");
var paths = require("./paths");
var Refusal = require("./refusal").Refusal;
var results = require("./results");
var text = require("./text");

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
  return end(desk, job, told(job, outcome));
}

function told(job, outcome) {
  var place = job.place;
  var isSession = place.isSession;
  var name = isSession || outcome.result.tracks.length === 0 ? place.track.name : outcome.result.tracks[0].name;
  if (outcome.oddity) return text.say(outcome.oddity, { path: outcome.path, range: place.range });
  return text.say(isSession ? "landed_session" : "landed", { range: place.range, name: name });
}

/** The result of the clip in Clip View if it is one, else the newest; and the number that is meant. */
function meant(desk) {
  var shown = results.shown();
  var newest = desk.results[desk.results.length - 1];
  if (!shown && !newest) throw new Refusal("no_result");
  if (!shown) return { result: newest, number: newest.chosen };
  var known = desk.results.filter(function (one) { return one.job === shown.job; })[0];
  return { result: known || forgotten(desk, shown), number: shown.number };
}

/** A result from a time that nobody remembers: its clip and the files beside its own tell enough. */
function forgotten(desk, shown) {
  var parent = shown.clip.one("canonical_parent");
  var isOnTrack = shown.clip.flag("is_arrangement_clip") && !shown.clip.flag("is_take_lane_clip");
  var track = parent && !isOnTrack ? parent.one("canonical_parent") : parent;
  if (!track) throw new Refusal("result_gone", { path: shown.path });
  var name = track.text("name");
  return {
    job: shown.job, tags: "", takes: results.takesIn(shown.folder), chosen: shown.number, kept: 0,
    seconds: shown.clip.number("sample_length") / (shown.clip.number("sample_rate") || 1),
    tracks: [{ id: track.id, name: name, devices: track.ids("devices").length }],
    place: {
      verb: "again", session: desk.session, song: "", start: shown.clip.number("start_time"), isFixed: true,
      track: { id: track.id, name: name, color: track.number("color") }, range: name
    }
  };
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
    pickIn(work, desk, meant(desk).result, number);
  });
};

function pickIn(work, desk, result, number) {
  results.pick(work, desk, result, number, function (oddity) {
    var take = result.takes.filter(function (one) { return one.number === number; })[0];
    if (oddity !== "live_refused") result.chosen = number;
    return desk.say(oddity || "picked", { path: take.paths[0], range: result.place.range, number: number });
  });
}

/** Somebody chose a take, here or on a page: it is the one that shall play. */
exports.place = function (desk, take) {
  var result = desk.results.filter(function (one) { return one.job === take.job; })[0];
  var job = desk.jobs.get(take.job);
  if (job) job.wanted = take.number;
  if (!result || result.chosen === take.number || result.takes.length < 2) return;
  doing(desk, function (work) { pickIn(work, desk, result, take.number); });
};

exports.keep = function (desk) {
  doing(desk, function (work) {
    var one = meant(desk);
    one.result.kept = one.number;
    desk.courier.ask({ request: "choose", id: ids.digits(16), job: one.result.job, number: one.number });
    results.mark(work, desk, one.result, one.number);
    work.then(function () { desk.say("kept", { number: one.number }); });
  });
};

exports.discard = function (desk) {
  doing(desk, function (work) {
    var one = meant(desk);
    results.discard(work, desk, one.result, function (sentence) {
      desk.results = desk.results.filter(function (other) { return other.job !== one.result.job; });
      desk.say(sentence);
    });
  });
};

/** Send and Cancel: from what the strip holds to letters to the bridge. */
var envelope = require("./envelope");
var files = require("./files");
var ids = require("./ids");
var offer = require("./offer");
var paths = require("./paths");
var Refusal = require("./refusal").Refusal;
var requests = require("./requests");
var subjects = require("./subject");
var text = require("./text");
var verbs = require("./verbs");
var wishes = require("./wishes");

var MOST_WORDS_BYTES = 262144;

/** The text file in which words may be written. */
exports.wordsPath = function (desk) {
  var home = desk.courier.home || desk.findHome("", null);
  return home ? paths.join(home, "words.txt") : null;
};

/** Begins what the strip asks for: one work at a time listens to the set. */
exports.send = function (desk) {
  var verb = verbs.get(desk.held.operation);
  var reason = offer.reason(verb, desk.courier.welcome);
  if (desk.isGathering) return desk.say("busy");
  desk.courier.hurry();
  if (reason) return desk.face.say(reason);
  desk.isGathering = true;
  desk.face.say("");
  desk.slices.start(function (work) {
    readWords(work, desk, function () { ask(work, desk, verb); });
  }, function (error) {
    desk.fail(error);
  }, function () {
    desk.isGathering = false;
    desk.face.show(desk);
  });
  desk.arm(0);
};

/** Words come from the window, or from the text file: both only where somebody sings. */
function readWords(work, desk, then) {
  var path = exports.wordsPath(desk);
  if (desk.held.from === 0 || verbs.get(desk.held.operation).needs === "take") return void work.then(then);
  if (!path) throw new Refusal("no_home");
  files.read(work, path, MOST_WORDS_BYTES, function (words) {
    if (words === null) throw new Refusal("no_words_file", { path: path });
    desk.held.fileWords = words;
  });
  work.then(then);
}

function ask(work, desk, verb) {
  var held = {};
  Object.keys(desk.held).forEach(function (name) { held[name] = desk.held[name]; });
  if (held.from === 1 && held.fileWords !== undefined) held.words = held.fileWords;
  var wished = wishes.read(verb, held, offer.settings(desk.courier.welcome));
  var latest = latestTake(desk);
  var about = {
    verb: verb, source: held.source, rate: desk.rate, latest: latest, hasReference: Boolean(wished.reference),
    context: offer.contextSeconds(desk.courier.welcome)
  };
  subjects.gather(work, about, function (subject) {
    var made = requests.build(verb, subject, wished);
    var words = subject.range && subject.track ? text.say("range", subjects.words(subject)) : subject.place.range;
    var letters = [];
    made.forEach(function (request) {
      work.then(function () {
        var path = envelope.path(desk.courier.home, desk.memory.client);
        envelope.seal(work, path, request, function (sealed) { letters.push(sealed); });
      });
    });
    work.then(function () {
      made.forEach(function (request, index) {
        desk.jobs.add(request, placeOf(desk, verb, subject, words, held, request), letters[index].file);
      });
    });
    work.then(function () { desk.memory.keep(); });
    work.then(function () {
      letters.forEach(function (one) { desk.courier.post(one); });
      remark(desk, subject, made.length);
    });
  });
}

function placeOf(desk, verb, subject, words, held, request) {
  var place = requests.place(verb, subject, desk.session, words);
  place.stems = held.stems;
  place.notes = held.notes;
  place.draft = requests.makesDraft(request, subject);
  delete place.of;
  return place;
}

/** Sends what is selected, and asks for a link to it; where nothing sounds, the empty range; where none is, nothing. */
exports.openPanel = function (desk) {
  var words = wishes.chords(desk.held.words).words.replace(/^\s+|\s+$/g, "");
  if (desk.isGathering) return desk.say("busy");
  desk.courier.hurry();
  desk.isGathering = true;
  gatherFor(desk, ["repaint", "generate"], function (subject) {
    desk.slices.start(function (work) {
      var path = envelope.path(desk.courier.home, desk.memory.client);
      envelope.seal(work, path, requests.panel(subject, subject && words), function (sealed) { desk.courier.post(sealed); });
    }, function (error) { desk.fail(error); });
  });
  return desk.arm(0);
};

/** Hands `found` the subject of the first of `list` (verbs) that there is one for, else null. */
function gatherFor(desk, list, found) {
  var about = {
    verb: verbs.get(list[0]), source: desk.held.source, rate: desk.rate, latest: null,
    context: offer.contextSeconds(desk.courier.welcome)
  };
  var done = false;
  var subject = null;
  if (list.length === 0) {
    desk.isGathering = false;
    return void found(null);
  }
  desk.slices.start(function (work) {
    subjects.gather(work, about, function (one) { subject = one; done = true; });
  }, function (error) {
    if (!error.sentence) desk.fail(error);
  }, function () {
    if (!done) return void gatherFor(desk, list.slice(1), found);
    desk.isGathering = false;
    return void found(subject);
  });
  return undefined;
}

/** The newest result as a take: what Retake and Again work on while no result is shown in Clip View. */
function latestTake(desk) {
  var result = desk.results[desk.results.length - 1];
  if (!result) return null;
  var take = result.takes.filter(function (one) { return one.number === result.chosen; })[0] || result.takes[0];
  var isDraft = Boolean(result.place.draft);
  return { take: { path: take.paths[0], job: result.job, number: take.number, isDraft: isDraft }, place: result.place };
}

function remark(desk, subject, count) {
  if (subject.song.tempoVaries) return desk.say("tempo_varies");
  if (!subject.song.path && !desk.memory.hasSaidUnsaved) {
    desk.memory.hasSaidUnsaved = true;
    return desk.say("unsaved");
  }
  if (count > 1) return desk.say("sent_several", { count: count });
  return undefined;
}

/** Stops what runs, and what of this device waits. */
exports.cancel = function (desk) {
  var running = desk.jobs.running().filter(function (job) { return !job.cancelling; });
  if (running.length === 0) desk.say("nothing_to_cancel");
  running.forEach(function (job) {
    var sent = desk.courier.letters.filter(function (one) { return one.name === job.id; })[0];
    desk.courier.answered(job.id);
    if (sent && sent.tries === 0) {
      job.state = "cancelled";
      return;
    }
    job.cancelling = ids.digits(16);
    desk.courier.ask({ request: "cancel", id: job.cancelling, job: job.id });
  });
  desk.memory.keepSoon();
  desk.arm(0);
};

/** From a subject and wishes to the requests that are sent, and to the place that their results come back to. */
var beats = require("./beats");
var ids = require("./ids");
var paths = require("./paths");
var Refusal = require("./refusal").Refusal;
var song = require("./song");

/** The requests of `verb`, each a fresh job: mostly one, for several versions of words several. Throws a Refusal. */
exports.build = function (verb, subject, wishes) {
  return wishes.versions.map(function (words) {
    var request = { request: verb.request, job: ids.job() };
    addProject(request, subject.song.path);
    builders[verb.needs](request, verb, subject, wishes);
    if (verb.needs !== "take") addComposition(request, subject, wishes, words);
    if (verb.id !== "again") {
      request.variants = wishes.variants;
      if (wishes.seed !== undefined) request.seed = wishes.seed;
    }
    return request;
  });
};

/** Results lie in `Dawbridge` beside the set; an unsaved set has no folder. */
function addProject(request, path) {
  if (path) request.project = paths.folder(path);
}

function addComposition(request, subject, wishes, words) {
  request.span = spanOf(subject);
  request.tags = wishes.tags;
  request.lyrics = words;
  if (!subject.isSession) request.music = song.music(subject.song, subject.range.start, subject.rate);
  else request.music = song.music(subject.song, 0, subject.rate);
  if (wishes.chords) request.music.chords = wishes.chords;
  if (wishes.draft) request.draft = true;
}

function spanOf(subject) {
  return {
    start: beats.samples(subject.range.start, subject.song.tempo, subject.rate),
    end: beats.samples(subject.range.end, subject.song.tempo, subject.rate),
    rate: subject.rate
  };
}

/** A raw clip without what is ours alone. */
function bare(raw) {
  var copy = {};
  Object.keys(raw).forEach(function (name) { if (name !== "id") copy[name] = raw[name]; });
  return copy;
}

var builders = {};

builders.room = function (request, verb, subject, wishes) {
  if (!subject.reference) return;
  request.reference = { path: subject.reference };
  if (wishes.reference === "timbre") request.reference_use = "timbre";
};

builders.audio = function (request, verb, subject, wishes) {
  request.source = { live_clips: subject.clips.map(bare) };
  if (verb.id === "repaint") request.strength = wishes.strength;
  else request.mode = "only_lyrics";
};

builders.edge = function (request, verb, subject, wishes) {
  var tempo = subject.song.tempo;
  var length = wishes.bars * beats.inBar(subject.song.meter);
  var range = subject.range;
  request.source = { live_clips: subject.clips.map(bare) };
  if (verb.side === "right") {
    request.right = beats.samples(range.end + length, tempo, subject.rate) - beats.samples(range.end, tempo, subject.rate);
  } else {
    var start = subject.isSession ? length : range.start;
    request.left = beats.samples(start, tempo, subject.rate) - beats.samples(Math.max(0, start - length), tempo, subject.rate);
  }
  if (!(request.right || request.left)) throw new Refusal("nothing_before");
};

builders.tracks = function (request, verb, subject, wishes) {
  var sounding = subject.tracks.filter(function (list) { return list.length > 0; });
  request.sources = sounding.map(function (list) { return { live_clips: list.map(bare) }; });
  if (wishes.role) request.role = wishes.role;
};

builders.take = function (request, verb, subject, wishes) {
  request.take = subject.take.path;
  if (verb.id === "retake") request.variance = wishes.strength;
  if (verb.id === "again" && subject.take.isDraft && !wishes.draft) request.refine = true;
};

/** Whether what `request` makes of `subject` is a draft: a variation of a draft is one, too. */
exports.makesDraft = function (request, subject) {
  return Boolean(request.draft || (subject.take && subject.take.isDraft && !request.refine));
};

/** The question for a link that opens the panel on `subject`; on its front page where there is none. */
exports.panel = function (subject, words) {
  var question = { request: "panel", id: ids.digits(16) };
  if (!subject) return question;
  addProject(question, subject.song.path);
  question.span = spanOf(subject);
  question.music = song.music(subject.song, subject.range.start, subject.rate);
  if (subject.clips.length > 0) question.source = { live_clips: subject.clips.map(bare) };
  if (words) question.lyrics = words;
  return question;
};

/** Where the result belongs, in Live's own words; kept with the job. See landing.js. */
exports.place = function (verb, subject, session, range) {
  if (subject.place) return copyOf(subject.place, verb);
  return {
    verb: verb.id,
    session: session,
    song: subject.song.path,
    tempo: subject.song.tempo,
    rate: subject.rate,
    start: subject.range.start,
    end: subject.range.end,
    isFixed: verb.needs === "take",
    isSession: Boolean(subject.isSession),
    slot: subject.slotId || 0,
    track: subject.track,
    owner: subject.owner || null,
    range: range
  };
};

function copyOf(place, verb) {
  var copy = {};
  Object.keys(place).forEach(function (name) { copy[name] = place[name]; });
  copy.verb = verb.id;
  copy.isFixed = true;
  return copy;
}

/**
 * What a verb works on, gathered from the set in small steps:
 *   song       tempo, meter, key, … of now; see song.js
 *   range      {start, end} in beats
 *   track      where it happens; results come beside it
 *   clips      raw clips, with some surroundings
 *   tracks     for a layer: the raw clips of every other track
 *   take       for retake and again: {path, job, number}
 *   rate       samples a second
 *   isSession  a clip of the Session, on a timeline of its own; then `slotId`
 *   owner      {id, start} of the one clip in the range: the result goes with it if it moves
 */
var beats = require("./beats");
var clips = require("./clips");
var live = require("./live");
var paths = require("./paths");
var range = require("./range");
var Refusal = require("./refusal").Refusal;
var song = require("./song");
var text = require("./text");
var tracks = require("./tracks");

var SHORTEST_SECONDS = 0.1;
var FALLBACK_RATE = 44100;

/**
 * Gathers what `ask` needs: {verb, source, rate, context: seconds, latest: the newest result or null, hasReference}. Hands it to
 * `found`. Throws a Refusal.
 */
exports.gather = function (work, ask, found) {
  var subject = { song: {}, clips: [], tracks: [], rate: ask.rate };
  song.read(work, subject.song);
  work.then(function () { if (subject.song.isRecording) throw new Refusal("recording"); });
  needs[ask.verb.needs](work, ask, subject);
  work.then(function () { finish(subject); });
  work.then(function () { found(subject); });
};

/** Where a verb would work, for the line above the menus; nothing is refused but what cannot be named. */
exports.glance = function (work, source, found) {
  var subject = { song: {} };
  song.read(work, subject.song);
  range.read(work, source, subject);
  tracks.read(work, subject);
  work.then(function () { found(subject); });
};

/** "3 Vocals, bars 9–17" as values of a sentence. */
exports.words = function (subject) {
  var meter = subject.song.meter;
  return {
    track: subject.track.name,
    start: beats.position(subject.range.start, meter),
    end: beats.position(subject.range.end, meter)
  };
};

var needs = {};

needs.room = function (work, ask, subject) {
  if (ask.source === "clip") throw new Refusal("generate_needs_brace");
  range.read(work, ask.source, subject);
  tracks.read(work, subject);
  if (ask.hasReference) work.then(function () { subject.reference = referenceFile(); });
};

/** The file of the clip in Clip View, which new music is to follow. */
function referenceFile() {
  var clip = live.by(live.at("live_set view").ids("detail_clip")[0] || 0);
  var path = clip && clip.flag("is_audio_clip") ? clip.text("file_path") : "";
  if (!path) throw new Refusal("no_reference_clip");
  return path;
}

needs.audio = function (work, ask, subject) {
  range.read(work, ask.source, subject);
  tracks.read(work, subject);
  work.then(function () { tracks.needAudio(subject); });
  work.then(function () { collect(work, ask, subject); });
  work.then(function () {
    var inside = subject.clips.filter(function (raw) { return sounds(raw, subject.range); });
    if (inside.length === 0) throw new Refusal("no_clip", exports.words(subject));
    var first = inside.reduce(function (least, raw) { return Math.min(least, raw.start_time); }, Infinity);
    var last = inside.reduce(function (most, raw) { return Math.max(most, raw.end_time); }, -Infinity);
    subject.range = { start: Math.max(subject.range.start, first), end: Math.min(subject.range.end, last) };
    if (inside.length === 1) subject.owner = { id: inside[0].id, start: inside[0].start_time };
  });
};

/** The clip that is continued: the last one in the range to the right, the first one to the left. */
needs.edge = function (work, ask, subject) {
  needs.audio(work, ask, subject);
  work.then(function () {
    var inside = subject.clips.filter(function (raw) { return sounds(raw, subject.range); });
    inside.sort(function (one, other) { return one.start_time - other.start_time; });
    var clip = ask.verb.side === "left" ? inside[0] : inside[inside.length - 1];
    subject.range = { start: clip.start_time, end: clip.end_time };
    subject.owner = { id: clip.id, start: clip.start_time };
    if (ask.verb.side === "left" && !subject.isSession && clip.start_time <= 0) throw new Refusal("nothing_before");
  });
};

/** Every audio track that sounds in the range, the one that is selected too: the new stem gets a track of its own. */
needs.tracks = function (work, ask, subject) {
  range.read(work, ask.source, subject);
  tracks.read(work, subject);
  work.then(function () {
    if (subject.isSession) throw new Refusal("layer_needs_brace");
    live.at("live_set").ids("tracks").forEach(function (id) { hear(work, ask, subject, id); });
  });
  work.then(function () {
    var sounding = subject.tracks.filter(function (list) {
      return list.some(function (raw) { return sounds(raw, subject.range); });
    });
    if (sounding.length === 0) throw new Refusal("no_tracks", exports.words(subject));
  });
};

needs.take = function (work, ask, subject) {
  work.then(function () {
    var clip = live.by(live.at("live_set view").ids("detail_clip")[0] || 0);
    var take = clip && clip.flag("is_audio_clip") ? paths.take(clip.text("file_path")) : null;
    if (!take && !ask.latest) throw new Refusal("no_result");
    if (take) subject.take = { path: clip.text("file_path"), job: take.job, number: take.number, isDraft: isDraft(clip) };
    else subject.take = ask.latest.take;
    if (take) work.then(function () { standAt(work, subject, clip); });
    else subject.place = ask.latest.place;
  });
};

/** A clip of ours says so in its name: see landing.js. */
function isDraft(clip) {
  return clip.text("name").indexOf(text.say("draft_name", { name: "" })) >= 0;
}

/** A result that is varied lies where the first one lies today. */
function standAt(work, subject, clip) {
  subject.clipId = clip.id;
  range.read(work, "clip", subject);
  tracks.read(work, subject);
}

function reach(ask, subject) {
  var around = beats.length(ask.context, subject.song.tempo, 1);
  return { from: subject.range.start - around, to: subject.range.end + around };
}

function sounds(raw, within) {
  return !raw.muted && raw.end_time > within.start + 1e-9 && raw.start_time < within.end - 1e-9;
}

function collect(work, ask, subject) {
  if (subject.isSession || subject.isLane) return readInto(work, subject, subject.clipId, subject.clips, true);
  var around = reach(ask, subject);
  clips.scan(work, subject.track.id, around.from, around.to, function (clip) {
    var isInside = clip.end > subject.range.start && clip.start < subject.range.end;
    work.then(function () { readInto(work, subject, clip.id, subject.clips, isInside); });
  });
}

/** A clip of the surroundings whose file is not there is left out; one inside the range is refused. */
function readInto(work, subject, id, list, isInside) {
  clips.read(work, id, subject.song.tempo, function (raw) {
    if (isInside) clips.needFile(raw);
    else if (!clips.isWhole(raw)) return;
    if (subject.isSession) clips.asTimeline(raw, subject.range.end);
    raw.id = id;
    list.push(raw);
  });
}

function hear(work, ask, subject, id) {
  work.then(function () {
    var track = live.by(id);
    if (!track || tracks.kind(track) !== "audio") return;
    work.then(function () {
      if (track.flag("mute") || track.flag("muted_via_solo")) return;
      var list = [];
      var around = reach(ask, subject);
      subject.tracks.push(list);
      clips.scan(work, id, around.from, around.to, function (clip) {
        work.then(function () { readInto(work, subject, clip.id, list, false); });
      });
    });
  });
}

function finish(subject) {
  var first = subject.clips[0] || (subject.tracks.filter(function (list) { return list.length > 0; })[0] || [])[0];
  subject.rate = subject.rate || Math.round((first && first.sample_rate) || FALLBACK_RATE);
  if (!subject.range) return;
  var seconds = (subject.range.end - subject.range.start) * 60 / subject.song.tempo;
  if (seconds < SHORTEST_SECONDS) throw new Refusal("too_short");
}

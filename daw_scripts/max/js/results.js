/** What can be done with a result that lies in the set: hear another variant, keep one, take it back. */
var files = require("./files");
var landing = require("./landing");
var lay = require("./lay");
var live = require("./live");
var notes = require("./notes");
var paths = require("./paths");
var Refusal = require("./refusal").Refusal;
var song = require("./song");
var text = require("./text");
var tracks = require("./tracks");

var MOST_VARIANTS = 8;

/** Hands `found` the clip in Clip View if it is a result of ours: {path, job, number, folder, clip}; else null. */
exports.shown = function (work, found) {
  var clip;
  work.then(function () { clip = live.by(live.at("live_set view").ids("detail_clip")[0] || 0); });
  work.then(function () {
    var path = clip && clip.flag("is_audio_clip") ? clip.text("file_path") : "";
    var take = paths.take(path);
    if (!take) return void found(null);
    return void found({ path: path, job: take.job, number: take.number, folder: take.folder, clip: clip });
  });
};

/** The files of a job that lie on the disk, for a result that nobody remembers. */
exports.takesIn = function (folder) {
  var takes = [];
  for (var number = 1; number <= MOST_VARIANTS; number += 1) {
    var path = paths.join(folder, "take-" + number + ".wav");
    if (files.isThere(path)) takes.push({ number: number, paths: [path] });
  }
  return takes;
};

/** Hands `found` the tracks of a result that are still there, as things; [] where all are gone. */
function findTracks(work, desk, result, found) {
  var list = [];
  result.tracks.forEach(function (one) {
    work.then(function () {
      tracks.find(work, one, result.place.session === desk.session, function (track) {
        if (track) list.push({ track: track, made: one });
      });
    });
  });
  work.then(function () { found(list); });
}

/** Hands `each` every clip of ours among the clips of `owner`: the thing and its take. */
function ours(work, owner, job, each, others) {
  work.then(function () {
    owner.ids("arrangement_clips").forEach(function (id) {
      work.then(function () {
        var clip = live.by(id);
        var take = clip && paths.take(clip.text("file_path"));
        if (take && take.job === job) each(clip, take);
        else if (clip && others) others(clip);
      });
    });
  });
}

/** Makes variant `number` the one that is heard. Hands `done` the name of a sentence, "" if all is well. */
exports.pick = function (work, desk, result, number, done) {
  var take = result.takes.filter(function (one) { return one.number === number; })[0];
  if (!take) throw new Refusal(result.takes.length > 1 ? "no_variant" : "one_variant", { number: number });
  if (result.place.isSession) throw new Refusal("session_pick");
  findTracks(work, desk, result, function (all) {
    var found = all.filter(function (one) { return !one.made.isStem && !one.made.notes; });
    var scores = all.filter(function (one) { return one.made.notes; });
    if (found.length === 0) throw new Refusal("result_gone", { path: take.paths[0] });
    if (found.length > 1 || found[0].made.number) muteOthers(work, found, number, done);
    else work.then(function () { exchange(work, desk, result, take, found[0].track, done); });
    scores.forEach(function (one) { work.then(function () { exchangeNotes(work, desk, number, one); }); });
  });
};

/** The notes of the variant take the place of our own clip on their track, where that one lies today. */
function exchangeNotes(work, desk, number, one) {
  var path = notes.path(one.made.notes, number);
  var old = null;
  if (path === one.made.notes || !files.isThere(path)) return;
  withMark(work, one, function (clip) { old = old || clip; }, function () {});
  work.then(function () {
    if (!old) return;
    var name = text.say("notes_clip", { role: one.made.role, number: number, mark: one.made.mark });
    var piece = { path: path, position: old.number("start_time"), name: name };
    work.then(function () { one.track.call("delete_clip", "id", old.id); });
    work.then(function () {
      notes.lay(work, desk, one.track, piece, function (clip) { if (clip) one.made.notes = path; });
    });
  });
}

/** Hands our notes on a track to `each`, all other clips to `others`: a MIDI clip has no file, but its name. */
function withMark(work, one, each, others) {
  one.track.ids("arrangement_clips").forEach(function (id) {
    work.then(function () {
      var clip = live.by(id);
      if (clip) (clip.text("name").indexOf("\u00b7 " + one.made.mark) >= 0 ? each : others)(clip);
    });
  });
}

function muteOthers(work, found, number, done) {
  found.forEach(function (one) {
    work.then(function () { one.track.set("mute", one.made.number === number ? 0 : 1); });
  });
  work.then(function () { done(""); });
}

/**
 * Live does not tell devices which lane plays: so the file of the variant takes the place of our own clip on the track,
 * where that one lies today.
 */
function exchange(work, desk, result, take, track, done) {
  var now = {};
  var old = [];
  var strangers = [];
  song.read(work, now);
  ours(work, track, result.job, function (clip, of) {
    old.push({ clip: clip, number: of.number });
  }, function (clip) { strangers.push(clip); });
  work.then(function () {
    if (old.length === 1 && old[0].number === take.number) return void done("");
    if (old.length > 1 || take.paths.length > 1) throw new Refusal("pick_by_hand");
    var start = old.length === 1 ? old[0].clip.number("start_time") : result.place.start;
    var end = start + result.seconds * now.tempo / 60;
    strangers.forEach(function (clip) { work.then(function () { refuseOver(clip, start, end); }); });
    work.then(function () { if (old.length === 1) track.call("delete_clip", "id", old[0].clip.id); });
    work.then(function () {
      var at = { start: start, tempo: now.tempo };
      putDown(work, desk, result, take, track, at, function (clip, oddity) {
        if (clip) return void done(oddity);
        return void putBack(work, desk, result, old, track, at, done);
      });
    });
    return undefined;
  });
}

/** Live did not take the file: the one that lay there before comes back. */
function putBack(work, desk, result, old, track, at, done) {
  var before = result.takes.filter(function (one) { return old.length === 1 && one.number === old[0].number; })[0];
  if (!before) return void done("live_refused");
  return void putDown(work, desk, result, before, track, at, function () { done("live_refused"); });
}

function refuseOver(clip, start, end) {
  if (clip.number("end_time") > start + 1e-6 && clip.number("start_time") < end - 1e-6) {
    throw new Refusal("place_taken", { clip: clip.text("name") });
  }
}

function putDown(work, desk, result, take, track, at, done) {
  var job = { id: result.job, request: { tags: result.tags }, place: result.place };
  var piece = {
    path: take.paths[0], position: at.start, seconds: result.seconds, tempo: at.tempo,
    color: result.place.track.color, name: landing.clipName(job, take.number)
  };
  lay.onto(work, desk, track, piece, done);
}

/** Marks the clips of variant `number` as kept, by their name. */
exports.mark = function (work, desk, result, number) {
  findTracks(work, desk, result, function (found) {
    found.forEach(function (one) {
      ours(work, one.track, result.job, function (clip, take) {
        var name = clip.text("name");
        if (take.number === number && name.indexOf("\u2713") < 0) clip.set("name", "\u2713 " + name);
      });
    });
  });
};

/** Takes back what we laid in, and only that: a track goes with its clips if there is nothing of the user's on it. */
exports.discard = function (work, desk, result, done) {
  var rest = 0;
  if (result.place.isSession) return void emptySlots(work, desk, result, done);
  findTracks(work, desk, result, function (found) {
    found.forEach(function (one) {
      work.then(function () { clear(work, one, result.job, function (isEmpty) { if (!isEmpty) rest += 1; }); });
    });
    work.then(function () { done(found.length === 0 ? "nothing_to_discard" : rest > 0 ? "discarded_clips" : "discarded"); });
  });
  return undefined;
};

function emptySlots(work, desk, result, done) {
  var count = 0;
  tracks.find(work, result.place.track, result.place.session === desk.session, function (track) {
    (track ? track.ids("clip_slots") : []).forEach(function (id) {
      work.then(function () {
        var slot = live.by(id);
        var clip = slot && slot.flag("has_clip") ? slot.one("clip") : null;
        var take = clip ? paths.take(clip.text("file_path")) : null;
        if (!take || take.job !== result.job) return;
        slot.call("delete_clip");
        count += 1;
      });
    });
  });
  work.then(function () { done(count > 0 ? "discarded" : "nothing_to_discard"); });
}

function clear(work, one, job, ended) {
  var others = 0;
  var own = [];
  if (one.made.notes) withMark(work, one, function (clip) { own.push(clip); }, function () { others += 1; });
  else ours(work, one.track, job, function (clip) { own.push(clip); }, function () { others += 1; });
  work.then(function () { countElsewhere(work, one.track, job, function () { others += 1; }); });
  work.then(function () { if (one.track.ids("devices").length > one.made.devices) others += 1; });
  work.then(function () {
    if (others === 0) return void tracks.remove(work, one.track.id, function () { ended(true); });
    own.forEach(function (clip) {
      work.then(function () { one.track.call("delete_clip", "id", clip.id); });
    });
    return void ended(false);
  });
}

/** Calls `stranger` for everything on lanes and in slots that is not ours. */
function countElsewhere(work, track, job, stranger) {
  track.ids("take_lanes").forEach(function (id) {
    work.then(function () {
      var lane = live.by(id);
      if (lane) ours(work, lane, job, function () {}, stranger);
    });
  });
  track.ids("clip_slots").forEach(function (id) {
    work.then(function () {
      var slot = live.by(id);
      if (slot && slot.flag("has_clip")) stranger();
    });
  });
}

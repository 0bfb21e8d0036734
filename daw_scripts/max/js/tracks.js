/** Tracks: what kind one is, where it stands, and how to find it again. */
var live = require("./live");
var Refusal = require("./refusal").Refusal;

/** Reads `subject.track`, {id, name, index, kind, color}, of the track `subject.trackId` or else the selected one. */
exports.read = function (work, subject) {
  var track;
  work.then(function () {
    track = subject.trackId ? live.by(subject.trackId) : live.at("live_set view").one("selected_track");
    if (!track) throw new Refusal("no_track");
    subject.track = { id: track.id, name: track.text("name") };
  });
  work.then(function () {
    subject.track.index = live.at("live_set").ids("tracks").indexOf(track.id);
    if (subject.track.index < 0) subject.track.kind = "return";
  });
  work.then(function () {
    if (subject.track.index >= 0) subject.track.kind = exports.kind(track);
    subject.track.color = track.number("color");
  });
};

/** audio, midi or group. By type, never by index. */
exports.kind = function (track) {
  if (track.flag("is_foldable")) return "group";
  return track.flag("has_audio_input") ? "audio" : "midi";
};

/** Refuses a track on which no audio can be worked with, and says what it is. */
exports.needAudio = function (subject) {
  if (subject.track.kind === "audio") return;
  throw new Refusal(subject.track.kind + "_track", { track: subject.track.name });
};

/**
 * Finds a track again, in steps: `found(thing or null)`. By its id while Live has not loaded the set anew and the name is
 * the same or the same track was renamed; then by its name, if just one has it.
 */
exports.find = function (work, remembered, isSameSession, found) {
  work.then(function () {
    var track = isSameSession ? live.by(remembered.id) : null;
    if (track && live.at("live_set").ids("tracks").indexOf(track.id) >= 0) return void found(track);
    byName(work, remembered.name, found);
  });
};

function byName(work, name, found) {
  var named = [];
  live.at("live_set").ids("tracks").forEach(function (id) {
    work.then(function () {
      var track = live.by(id);
      if (track && track.text("name") === name) named.push(track);
    });
  });
  work.then(function () { found(named.length === 1 ? named[0] : null); });
}

/** Deletes a track of ours by its id, in steps. */
exports.remove = function (work, id, ended) {
  var set = live.at("live_set");
  work.then(function () {
    var index = set.ids("tracks").indexOf(id);
    if (index >= 0) set.call("delete_track", index);
    ended();
  });
};

/**
 * Which stretch of the Arrangement is meant. Live does not tell devices what is selected there; the loop brace, the clip
 * in Clip View and the locators around the playhead are what it does tell.
 */
var live = require("./live");
var Refusal = require("./refusal").Refusal;

exports.SOURCES = ["brace", "clip", "locators"];

/** Reads `subject.range`, {start, end} in beats; with source `clip` also `subject.clipId`. */
exports.read = function (work, source, subject) {
  readers[source](work, subject);
};

var readers = {};

/** The brace describes a range even while the loop is off. It is never shorter than a beat. */
readers.brace = function (work, subject) {
  work.then(function () {
    var set = live.at("live_set");
    var start = set.number("loop_start");
    var length = set.number("loop_length");
    if (start === null || !(length > 0)) throw new Refusal("no_brace");
    subject.range = { start: start, end: start + length };
  });
};

readers.locators = function (work, subject) {
  work.then(function () {
    var now = live.at("live_set").number("current_song_time") || 0;
    var before = subject.song.cues.filter(function (cue) { return cue.time <= now + 1e-6; });
    var after = subject.song.cues.filter(function (cue) { return cue.time > now + 1e-6; });
    if (before.length === 0 || after.length === 0) throw new Refusal("no_locators");
    subject.range = { start: before[before.length - 1].time, end: after[0].time };
  });
};

/** The clip in Clip View, wherever it lies; `subject.place` says where: arrangement, lane or session. */
readers.clip = function (work, subject) {
  var clip;
  work.then(function () {
    var id = live.at("live_set view").ids("detail_clip")[0];
    clip = live.by(id || 0);
    if (!clip) throw new Refusal("no_clip_shown");
    subject.clipId = clip.id;
  });
  work.then(function () {
    if (!clip.flag("is_audio_clip")) throw new Refusal("midi_clip", { clip: clip.text("name") });
    subject.isLane = clip.flag("is_take_lane_clip");
    subject.isSession = !subject.isLane && !clip.flag("is_arrangement_clip");
  });
  work.then(function () { ownerOf(work, clip, subject); });
  work.then(function () {
    if (!subject.isSession) {
      subject.range = { start: clip.number("start_time"), end: clip.number("end_time") };
      return;
    }
    var length = clip.number("loop_end") - clip.number("loop_start");
    if (!clip.flag("warping")) length = length * subject.song.tempo / 60;
    subject.range = { start: 0, end: length };
  });
};

/** The track above a clip: its parent, or the parent of its lane or slot. */
function ownerOf(work, clip, subject) {
  work.then(function () {
    var parent = clip.one("canonical_parent"); // [U session-slot]
    if (!parent) throw new Refusal("no_clip_shown");
    if (subject.isSession) subject.slotId = parent.id;
    if (!subject.isSession && !subject.isLane) subject.trackId = parent.id;
    else work.then(function () {
      var track = parent.one("canonical_parent");
      if (track) subject.trackId = track.id;
    });
  });
}

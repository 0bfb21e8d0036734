/**
 * Clips as the bridge wants them: raw values of Live, which tested Python turns into seconds of the file. Nothing is
 * calculated here, because `loop_start` counts beats in a warped clip and seconds in one that is not.
 */
var files = require("./files");
var json = require("./json");
var live = require("./live");
var Refusal = require("./refusal").Refusal;

var NUMBERS = ["start_marker", "end_marker", "warp_mode", "pitch_coarse", "pitch_fine", "sample_length", "sample_rate"];

/** Hands every clip of the track's Arrangement that reaches into [from, to) to `add`: {id, start, end}. */
exports.scan = function (work, trackId, from, to, add) {
  work.then(function () {
    var track = live.by(trackId);
    (track ? track.ids("arrangement_clips") : []).forEach(function (id) {
      work.then(function () {
        var clip = live.by(id);
        if (!clip) return;
        var start = clip.number("start_time");
        if (start === null || start >= to) return;
        work.then(function () {
          var end = clip.number("end_time");
          if (end > from) add({ id: id, start: start, end: end });
        });
      });
    });
  });
};

/** Reads one clip in steps and hands its raw values to `add`. Refuses MIDI, and what is being recorded. */
exports.read = function (work, id, tempo, add) {
  var clip = live.by(id);
  if (!clip) return;
  var raw = { tempo: tempo, warp_markers: [] };
  work.then(function () {
    if (!clip.flag("is_audio_clip")) throw new Refusal("midi_clip", { clip: clip.text("name") });
    if (clip.flag("is_recording")) throw new Refusal("recording");
  });
  work.then(function () { raw.path = clip.text("file_path"); raw.muted = clip.flag("muted"); });
  work.then(function () { raw.start_time = clip.number("start_time"); raw.end_time = clip.number("end_time"); });
  work.then(function () { raw.warping = clip.flag("warping"); raw.looping = clip.flag("looping"); });
  work.then(function () { raw.loop_start = clip.number("loop_start"); raw.loop_end = clip.number("loop_end"); });
  NUMBERS.forEach(function (name) {
    work.then(function () { raw[name] = clip.number(name) || 0; });
  });
  work.then(function () { raw.gain_db = decibels(clip.text("gain_display_string")); });
  work.then(function () { if (raw.warping) raw.warp_markers = markersIn(clip.text("warp_markers")); });
  work.then(function () { add(raw, clip); });
};

/** `-6.0 dB` → -6; silence is as low as the protocol goes, and what cannot be read is no gain. */
function decibels(text) {
  if (/^\s*-\s*inf/i.test(text)) return -120;
  var number = parseFloat(text.replace("\u2212", "-").replace(",", "."));
  return isFinite(number) ? Math.max(-120, Math.min(40, number)) : 0;
}

/** [[seconds, beats], …] out of the JSON in which Max hands over a dictionary; the hidden last marker is kept. */
function markersIn(text) {
  var told = json.read(text);
  var list = told && told.warp_markers ? told.warp_markers : [];
  return list.map(function (marker) { return [Number(marker.sample_time), Number(marker.beat_time)]; });
}

/** Whether the file of `raw` is where Live says; refuses a clip whose file is on a drive that is not there. */
exports.needFile = function (raw) {
  if (!exports.isWhole(raw)) throw new Refusal(raw.path ? "no_markers" : "no_file");
  if (!files.isThere(raw.path)) throw new Refusal("offline", { path: raw.path });
};

/** Whether Live told enough of a clip for the bridge to find its sound. */
exports.isWhole = function (raw) {
  return Boolean(raw.path) && raw.sample_length > 0 && raw.end_time > raw.start_time
    && (!raw.warping || raw.warp_markers.length > 1);
};

/** A clip of the Session as if it lay at beat 0 of a timeline of its own: its loop region. */
exports.asTimeline = function (raw, length) {
  raw.start_time = 0;
  raw.end_time = length;
  raw.start_marker = raw.loop_start;
};

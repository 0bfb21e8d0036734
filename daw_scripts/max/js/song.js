/**
 * What the set says about time and harmony at this moment. Live tells tempo and meter of *now* only: there is no tempo
 * map to read. Whether the tempo is automated can be seen, and is said.
 */
var beats = require("./beats");
var live = require("./live");

var NOTES = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
var MODES = {
  "Major": "major", "Lydian": "major", "Mixolydian": "major", "Ionian": "major",
  "Minor": "minor", "Aeolian": "minor", "Dorian": "minor", "Phrygian": "minor", "Harmonic Minor": "minor",
  "Melodic Minor": "minor"
};
var LONGEST_SECTION = 64;

/** Reads into `song`: tempo, meter, path ("" while unsaved), isRecording, key, tempoVaries, cues (sorted). */
exports.read = function (work, song) {
  var set = live.at("live_set");
  work.then(function () { song.isRecording = set.flag("record_mode") || set.flag("session_record"); });
  work.then(function () { song.tempo = set.number("tempo") || 120; });
  work.then(function () {
    song.meter = { numerator: set.number("signature_numerator") || 4, denominator: set.number("signature_denominator") || 4 };
  });
  work.then(function () { song.path = live.songPath(); });
  work.then(function () { song.hasScale = set.flag("scale_mode"); });
  work.then(function () { song.key = song.hasScale ? keyOf(set.number("root_note"), set.text("scale_name")) : ""; });
  work.then(function () {
    var tempo = live.at("live_set master_track mixer_device song_tempo");
    song.tempoVaries = Boolean(tempo && tempo.number("automation_state"));
  });
  readCues(work, set, song);
};

/** `F# minor`; the note alone for a scale that is neither; empty without a root note. */
function keyOf(root, scale) {
  var note = NOTES[root];
  if (!note) return "";
  return MODES[scale] ? note + " " + MODES[scale] : note;
}

/** Locators come in the order in which they were made. */
function readCues(work, set, song) {
  song.cues = [];
  work.then(function () {
    set.ids("cue_points").forEach(function (id) {
      work.then(function () {
        var cue = live.by(id);
        if (cue) song.cues.push({ time: cue.number("time"), name: cue.text("name") });
      });
    });
    work.then(function () { song.cues.sort(function (one, other) { return one.time - other.time; }); });
  });
}

/** The name of the last locator at or before `position`; empty without one. */
exports.section = function (cues, position) {
  var before = cues.filter(function (cue) { return cue.time <= position + 1e-6; });
  return before.length === 0 ? "" : before[before.length - 1].name.slice(0, LONGEST_SECTION);
};

/** The `music` of a request for a span that starts at beat `start`. */
exports.music = function (song, start, rate) {
  var music = {};
  var meter = song.meter.numerator + "/" + song.meter.denominator;
  if (song.tempo >= 20 && song.tempo <= 400) music.bpm = song.tempo;
  if (song.meter.numerator <= 32) {
    music.meter = meter;
    music.since_bar = beats.samples(beats.sinceBar(start, song.meter), song.tempo, rate);
  }
  if (song.key) music.key = song.key;
  var section = exports.section(song.cues, start);
  if (section) music.section = section;
  return music;
};

/**
 * The notes of the variant that is heard: a MIDI clip on a track of its own for each instrument, below the sound.
 *
 * Live lets no device import a MIDI file. So the file is read here, an empty clip is made, and the notes are put in.
 */
var files = require("./files");
var live = require("./live");
var midi = require("./midi");

var MOST_BYTES = 262144;
var NOTES_A_CALL = 64;

/** The tracks that the notes of `take` are for: {role, path, offset: seconds after the beginning of its part}. */
exports.of = function (take) {
  var list = [];
  take.parts.forEach(function (part, index) {
    (part.midi || []).forEach(function (one) {
      var offset = (one.timeline - part.timeline) / part.span.rate;
      list.push({ role: one.role, path: one.path, part: index, offset: offset });
    });
  });
  return list;
};

/** The file of the same instrument in variant `number`. */
exports.path = function (path, number) {
  return path.replace(/([\/\\]take-)\d+((?:\.(?:left|right))?\.midi[\/\\])/, "$1" + number + "$2");
};

/** Puts the notes of the file `piece.path` as a clip called `piece.name` at `piece.position` on `track`; `done(clip or null)`. */
exports.lay = function (work, desk, track, piece, done) {
  files.readBytes(work, piece.path, MOST_BYTES, function (bytes) {
    var score = bytes === null ? null : midi.read(bytes);
    if (score === null || score.beats <= 0) return void done(null);
    work.then(function () { make(work, track, piece, score, done); });
  });
};

function make(work, track, piece, score, done) {
  var before = track.ids("arrangement_clips");
  var clip;
  work.then(function () { track.call("create_midi_clip", Math.max(0, piece.position), score.beats); }); // [U midi-clip]
  work.then(function () {
    var id = track.ids("arrangement_clips").filter(function (one) { return before.indexOf(one) < 0; })[0];
    clip = live.by(id || 0);
    if (!clip) return void done(null);
    work.then(function () { clip.set("name", piece.name); });
    for (var index = 0; index < score.notes.length; index += NOTES_A_CALL) put(work, clip, score.notes.slice(index, index + NOTES_A_CALL));
    work.then(function () { done(clip); });
  });
}

function put(work, clip, notes) {
  work.then(function () { clip.call("add_new_notes", { notes: notes }); }); // [U notes-dict]
}

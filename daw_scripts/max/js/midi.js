/**
 * Standard MIDI Files, read: the notes in them, in quarter notes, as Live's clips count.
 *
 * Source: RP-001, Standard MIDI Files 1.0. Tempo and meter inside are left alone: Live's own hold.
 */
var NOTE_OFF = 0x80;
var NOTE_ON = 0x90;
var LENGTHS = { 0x80: 2, 0x90: 2, 0xa0: 2, 0xb0: 2, 0xc0: 1, 0xd0: 1, 0xe0: 2 };

/** `{notes: [{pitch, start_time, duration, velocity}], beats}` of the bytes of a file; null if they are none. */
exports.read = function (bytes) {
  var score = { notes: [], beats: 0 };
  var at = 14;
  var division = word(bytes, 12, 2);
  if (name(bytes, 0) !== "MThd" || !division || division >= 0x8000) return null;
  while (at + 8 <= bytes.length) {
    var end = at + 8 + word(bytes, at + 4, 4);
    if (name(bytes, at) === "MTrk" && !readTrack(bytes, at + 8, Math.min(end, bytes.length), division, score)) return null;
    at = end;
  }
  score.notes.sort(function (one, other) { return one.start_time - other.start_time || one.pitch - other.pitch; });
  return score;
};

function word(bytes, at, count) {
  var value = 0;
  for (var index = 0; index < count; index += 1) value = value * 256 + (bytes[at + index] || 0);
  return value;
}

function name(bytes, at) {
  return String.fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

/** A number of seven bits a byte; `reader.at` moves behind it. */
function variable(bytes, reader) {
  var value = 0;
  var byte = 0x80;
  while (byte & 0x80) {
    byte = reader.at < reader.end ? bytes[reader.at] : 0;
    value = value * 128 + (byte & 0x7f);
    reader.at += 1;
  }
  return value;
}

/** False where the track cannot be read. */
function readTrack(bytes, from, end, division, score) {
  var reader = { at: from, end: end, tick: 0, status: 0, held: {} };
  while (reader.at < end) {
    reader.tick += variable(bytes, reader);
    if (bytes[reader.at] & 0x80) {
      reader.status = bytes[reader.at];
      reader.at += 1;
    }
    if (reader.status === 0xff || reader.status === 0xf0 || reader.status === 0xf7) skip(bytes, reader);
    else if (!LENGTHS[reader.status & 0xf0]) return false;
    else hear(bytes, reader, division, score);
  }
  score.beats = Math.max(score.beats, reader.tick / division);
  return true;
}

/** What no note is made of: names, tempi, messages of the system. */
function skip(bytes, reader) {
  if (reader.status === 0xff) reader.at += 1;
  var length = variable(bytes, reader);
  reader.at += length;
}

function hear(bytes, reader, division, score) {
  var kind = reader.status & 0xf0;
  var pitch = bytes[reader.at];
  var velocity = bytes[reader.at + 1];
  var key = (reader.status & 0x0f) + " " + pitch;
  reader.at += LENGTHS[kind];
  if (kind === NOTE_ON && velocity > 0) {
    reader.held[key] = { pitch: pitch, start_time: reader.tick / division, velocity: velocity };
  } else if ((kind === NOTE_ON || kind === NOTE_OFF) && reader.held[key]) {
    var note = reader.held[key];
    delete reader.held[key];
    note.duration = Math.max(1, reader.tick - note.start_time * division) / division;
    score.notes.push(note);
  }
}

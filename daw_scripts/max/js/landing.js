/**
 * Lays finished takes beside the original, on fresh tracks: nothing of the user's is ever written over.
 *
 * From Live 12.2 on a job gets one track: the variant that is heard on it (the first, if nobody chose), and every variant
 * in a take lane of its own, as an archive. Before, every variant gets a track, all but that one muted. Clips of the
 * Session get the next empty slots. Names end with the last digits of the job, so that a result is found again when ids
 * have changed.
 */
var beats = require("./beats");
var files = require("./files");
var ids = require("./ids");
var lay = require("./lay");
var live = require("./live");
var notes = require("./notes");
var slots = require("./slots");
var song = require("./song");
var text = require("./text");
var tracks = require("./tracks");

var MOST_REMARKS = 4;
var LONGEST_REMARK = 160;

/**
 * Lays `job` in, in steps. Hands `done` an outcome:
 *   {wait: sentence}            not now; to be tried again
 *   {parked: sentence, path}    it cannot be done; the file stays
 *   {result, oddity}            it lies there; see results.js
 */
exports.land = function (work, desk, job, done) {
  var landing = { job: job, place: job.place, takes: job.takes, song: {}, pieces: [], made: [], oddity: "" };
  var wanted = job.takes.filter(function (take) { return take.number === job.wanted; })[0];
  landing.chosen = (wanted || job.takes[0]).number;
  song.read(work, landing.song);
  work.then(function () {
    if (landing.song.isRecording) return void done({ wait: "wait_recording" });
    if (!desk.abilities.imports) return void done(parked(job, "old_live"));
    look(work, desk, landing, done);
  });
};

function parked(job, sentence) {
  return { parked: sentence, path: job.takes[0].path };
}

function look(work, desk, landing, done) {
  var missing = null;
  landing.takes.forEach(function (take) {
    take.parts.forEach(function (part) {
      work.then(function () { if (!files.isThere(part.path)) missing = part.path; });
    });
  });
  work.then(function () { if (landing.place.owner) follow(landing, desk); });
  findEarlier(work, landing);
  work.then(function () {
    if (landing.earlier) return void done({ result: resultOf(landing, [landing.earlier]), oddity: "" });
    if (missing) return void done({ parked: "unreadable_take", path: missing });
    tracks.find(work, landing.place.track, landing.place.session === desk.session, function (track) {
      landing.source = track;
    });
    work.then(function () { prepare(work, desk, landing, done); });
  });
}

/** The clip may have been moved meanwhile: the result goes with it. */
function follow(landing, desk) {
  var owner = landing.place.owner;
  var clip = landing.place.session === desk.session && !landing.place.isSession ? live.by(owner.id) : null;
  var start = clip ? clip.number("start_time") : null;
  landing.shift = start === null ? 0 : start - owner.start;
}

/** Laid in before, when the script ended in the middle of it: a track that carries the end of the job's id. */
function findEarlier(work, landing) {
  work.then(function () {
    var mark = "· " + ids.short(landing.job.id);
    live.at("live_set").ids("tracks").forEach(function (id) {
      work.then(function () {
        var track = live.by(id);
        var name = track ? track.text("name") : "";
        if (name.indexOf(mark) < 0) return;
        work.then(function () { if (track.ids("arrangement_clips").length > 0) landing.earlier = { id: id, name: name }; });
      });
    });
  });
}

/** Everything is known now: where each file goes and what it is called. */
function prepare(work, desk, landing, done) {
  var place = landing.place;
  var first = landing.takes[0].parts[0].timeline;
  landing.takes.forEach(function (take) {
    take.parts.forEach(function (part) {
      landing.pieces.push({
        number: take.number,
        path: part.path,
        seconds: part.samples / part.span.rate,
        tempo: landing.song.tempo,
        position: exports.position(place, part, first, landing.song.tempo) + (landing.shift || 0),
        color: place.track.color,
        name: exports.clipName(landing.job, take.number)
      });
    });
  });
  landing.selected = live.at("live_set view").ids("selected_track")[0];
  function then() {
    if (place.stems && !place.isSession) layStems(work, desk, landing, first);
    if (place.notes && !place.isSession) layNotes(work, desk, landing, first);
    work.then(function () { finish(work, landing, done); });
  }
  if (place.isSession) slots.fill(work, desk, landing, then);
  else if (desk.abilities.lanes) onLanes(work, desk, landing, then);
  else onTracks(work, desk, landing, then);
}

/** The stems of the variant that is heard, each on a muted track: the mix sounds already. A single one is the mix. */
function layStems(work, desk, landing, first) {
  takeOf(landing).parts.forEach(function (part) {
    var stems = part.stems || [];
    if (stems.length < 2) return;
    var begin = exports.position(landing.place, part, first, landing.song.tempo) + (landing.shift || 0);
    var lead = beats.length(part.handles ? part.handles[0] : 0, landing.song.tempo, part.span.rate);
    stems.forEach(function (stem) {
      work.then(function () { layStem(work, desk, landing, { part: part, stem: stem, position: begin + lead }); });
    });
  });
}

function layStem(work, desk, landing, what) {
  var values = { role: what.stem.role, mark: ids.short(landing.job.id) };
  values.track = landing.place.track.name;
  makeTrack(work, landing, text.say("stem_track", values), function (track) {
    if (!track) return;
    landing.made[landing.made.length - 1].isStem = true;
    track.set("mute", 1);
    var piece = {
      path: what.stem.path, position: what.position, seconds: stemSeconds(what.part), tempo: landing.song.tempo,
      color: landing.place.track.color, name: text.say("stem_clip", values)
    };
    work.then(function () {
      lay.onto(work, desk, track, piece, function (clip, oddity) { landing.oddity = landing.oddity || oddity; });
    });
  });
}

/** The notes of the variant that is heard, each instrument on a MIDI track: the user's own sounds play them. */
function layNotes(work, desk, landing, first) {
  var take = takeOf(landing);
  var list = notes.of(take);
  if (list.length > 0 && !desk.abilities.notes) {
    landing.oddity = landing.oddity || "notes_need_newer";
    landing.odd = list[0].path;
    return;
  }
  list.forEach(function (one) {
    var part = take.parts[one.part];
    var begin = exports.position(landing.place, part, first, landing.song.tempo) + (landing.shift || 0);
    work.then(function () { layScore(work, desk, landing, one, begin + one.offset * landing.song.tempo / 60); });
  });
}

function layScore(work, desk, landing, one, position) {
  var values = { role: one.role, track: landing.place.track.name, mark: ids.short(landing.job.id), number: landing.chosen };
  makeTrack(work, landing, text.say("notes_track", values), function (track) {
    if (!track) return;
    var made = landing.made[landing.made.length - 1];
    made.notes = one.path;
    made.role = one.role;
    made.mark = values.mark;
    var piece = { path: one.path, position: position, name: text.say("notes_clip", values) };
    work.then(function () {
      notes.lay(work, desk, track, piece, function (clip) {
        if (clip) return;
        landing.oddity = landing.oddity || "notes_refused";
        landing.odd = landing.odd || one.path;
      });
    });
  }, "create_midi_track");
}

function takeOf(landing) {
  return landing.takes.filter(function (one) { return one.number === landing.chosen; })[0];
}

/**
 * The beat at which a file belongs today. The beat that was asked for holds even if the tempo was changed since; what
 * lies before or after it is as many seconds away as then.
 */
exports.position = function (place, part, first, tempo) {
  if (place.isFixed) return place.start + beats.length(part.timeline - first, tempo, part.span.rate);
  var anchor = part.side === "right" ? place.end : place.start;
  var sample = beats.samples(anchor, place.tempo, part.span.rate);
  return anchor + beats.length(part.timeline - sample, tempo, part.span.rate);
};

exports.clipName = function (job, number) {
  var tags = text.shortened(job.request.tags || "", 40);
  var verb = text.verb(job.place.verb);
  var values = { verb: verb, number: number, tags: tags, mark: ids.short(job.id) };
  var name = text.say(tags ? "clip_name_tags" : "clip_name", values);
  return job.place.draft ? text.say("draft_name", { name: name }) : name;
};

/** A stem has no handles. */
function stemSeconds(part) {
  var handles = part.handles || [0, 0];
  return (part.samples - handles[0] - handles[1]) / part.span.rate;
}

/** `create`: the function of the set that makes it; an audio track where it is left out. */
function makeTrack(work, landing, name, made, create) {
  var set = live.at("live_set");
  var before;
  var id;
  work.then(function () {
    before = set.ids("tracks");
    var index = landing.source ? before.indexOf(landing.source.id) + 1 : 0;
    id = set.call(create || "create_audio_track", index > 0 ? index + landing.made.length : -1)[0];
    return { pause: 0 };
  });
  work.then(function () {
    id = id || set.ids("tracks").filter(function (one) { return before.indexOf(one) < 0; })[0];
    var track = live.by(id || 0);
    if (!track) return void made(null);
    track.set("name", name);
    landing.made.push({ id: track.id, name: name, devices: 0 });
    work.then(function () { if (landing.place.track.color) track.set("color", landing.place.track.color); });
    work.then(function () { landing.made[landing.made.length - 1].devices = track.ids("devices").length; });
    work.then(function () { made(track); });
  });
}

function trackName(landing, number) {
  var values = { verb: text.verb(landing.place.verb), track: landing.place.track.name, mark: ids.short(landing.job.id) };
  values.number = number;
  if (landing.place.of) return text.say("guest_track", values);
  return text.say(number ? "variant_track" : "result_track", values);
}

function note(landing, piece, clip, oddity) {
  piece.isLaid = piece.isLaid || Boolean(clip);
  landing.oddity = landing.oddity || oddity;
}

function onLanes(work, desk, landing, then) {
  makeTrack(work, landing, trackName(landing, 0), function (track) {
    if (!track) return void then();
    landing.pieces.forEach(function (piece) {
      if (piece.number !== landing.chosen) return;
      work.then(function () {
        lay.onto(work, desk, track, piece, function (clip, oddity) { note(landing, piece, clip, oddity); });
      });
    });
    landing.takes.forEach(function (take) {
      if (landing.takes.length > 1) work.then(function () { onLane(work, desk, landing, track, take); });
    });
    work.then(then);
  });
}

function onLane(work, desk, landing, track, take) {
  var lane;
  var before;
  var id;
  work.then(function () { before = track.ids("take_lanes"); });
  work.then(function () { id = track.call("create_take_lane")[0]; }); // [U lane-silent]
  work.then(function () {
    id = id || track.ids("take_lanes").filter(function (one) { return before.indexOf(one) < 0; })[0];
    lane = live.by(id || 0);
  });
  work.then(function () { if (lane) lane.set("name", text.say("lane", { number: take.number })); });
  landing.pieces.forEach(function (piece) {
    if (piece.number !== take.number) return;
    work.then(function () {
      if (lane) lay.onto(work, desk, lane, piece, function (clip, oddity) { note(landing, piece, clip, oddity); });
    });
  });
}

function onTracks(work, desk, landing, then) {
  landing.takes.forEach(function (take) {
    work.then(function () {
      makeTrack(work, landing, trackName(landing, landing.takes.length > 1 ? take.number : 0), function (track) {
        if (!track) return;
        landing.made[landing.made.length - 1].number = take.number;
        if (take.number !== landing.chosen) track.set("mute", 1);
        landing.pieces.forEach(function (piece) {
          if (piece.number !== take.number) return;
          work.then(function () {
            lay.onto(work, desk, track, piece, function (clip, oddity) { note(landing, piece, clip, oddity); });
          });
        });
      });
    });
  });
  work.then(then);
}

function finish(work, landing, done) {
  work.then(function () {
    if (landing.selected) live.at("live_set view").point("selected_track", landing.selected);
  });
  work.then(function () {
    var lost = landing.pieces.filter(function (piece) { return !piece.isLaid; });
    if (lost.length > 0 && lost.length === landing.pieces.length) {
      return void clearAway(work, landing, function () {
        done({ parked: landing.oddity || "live_refused", path: lost[0].path });
      });
    }
    var oddity = lost.length > 0 ? "some_refused" : landing.oddity;
    var path = lost.length > 0 ? lost[0].path : landing.odd || "";
    done({ result: resultOf(landing, landing.made), oddity: oddity, path: path });
  });
}

/** Live took none of the files: the tracks that were made for them go again. */
function clearAway(work, landing, then) {
  landing.made.forEach(function (one) {
    work.then(function () { tracks.remove(work, one.id, function () {}); });
  });
  work.then(then);
}

/** What is kept of a remark: the memory of a device is small. */
function shortened(remark) {
  return text.shortened(remark, LONGEST_REMARK);
}

function resultOf(landing, made) {
  return {
    job: landing.place.of || landing.job.id,
    tags: landing.job.request.tags || "",
    place: landing.place,
    takes: landing.takes.map(function (take) {
      var paths = take.parts.map(function (part) { return part.path; });
      return { number: take.number, paths: paths, remarks: (take.notes || []).slice(0, MOST_REMARKS).map(shortened) };
    }),
    seconds: landing.takes[0].parts[0].samples / landing.takes[0].parts[0].span.rate,
    tracks: made,
    chosen: landing.chosen,
    kept: 0
  };
}

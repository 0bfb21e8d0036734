/**
 * Lays one file down as a clip, and looks whether Live did it.
 *
 * Live says nothing when it refuses: whether there is a new clip shows only by comparing the clips before and after. And
 * it guesses a tempo for it: `warping` is switched off, which works on a later tick, and only then is the length true.
 */
var live = require("./live");

var TICK_MS = 110;
var TRIES = 20;
var LAST_BEAT = 1576800;
var BEATS_OFF = 0.001;

/**
 * `target` is a track or a lane, `piece` {path, position: beats, seconds, name, color}, `tempo` that of now. Hands
 * `done` the clip and what is odd about it ("" or the name of a sentence), or null and why there is none.
 */
exports.onto = function (work, desk, target, piece, done) {
  var before;
  if (!(piece.position >= 0 && piece.position <= LAST_BEAT)) return void done(null, "outside_set");
  work.then(function () { before = target.ids("arrangement_clips"); });
  work.then(function () { target.call("create_audio_clip", piece.path, piece.position); }); // [U in-place]
  awaitClip(work, desk, target, piece, function () { return fresh(target.ids("arrangement_clips"), before); }, done);
};

/** The same into an empty slot of the Session. */
exports.into = function (work, desk, slot, piece, done) {
  work.then(function () { slot.call("create_audio_clip", piece.path); });
  awaitClip(work, desk, slot, piece, function () { return slot.flag("has_clip") ? slot.ids("clip")[0] : 0; }, done);
};

function fresh(after, before) {
  return after.filter(function (id) { return before.indexOf(id) < 0; })[0] || 0;
}

/** LiveAPI may have split the path at a space; [live.object] is asked then, once. */
function awaitClip(work, desk, target, piece, look, done) {
  var tries = 0;
  work.then(function () {
    var id = look();
    if (id) return void settle(work, live.by(id), piece, done);
    tries += 1;
    if (tries === 2) {
      desk.out.target(target.id);
      if (piece.position === undefined) desk.out.callLive(["create_audio_clip", piece.path]);
      else desk.out.callLive(["create_audio_clip", piece.path, piece.position]);
    }
    if (tries < 6) return { again: TICK_MS };
    return void done(null, "live_refused");
  });
}

function settle(work, clip, piece, done) {
  var tries = 0;
  work.then(function () { clip.set("name", piece.name); });
  work.then(function () { if (piece.color !== null && piece.color !== undefined) clip.set("color", piece.color); });
  work.then(function () {
    if (clip.number("warping") === 0) return undefined;
    tries += 1;
    if (tries > TRIES) return undefined;
    clip.set("warping", 0);
    return { again: TICK_MS };
  });
  work.then(function () { if (clip.number("warping") !== 0) piece.oddity = "still_warped"; });
  if (piece.position !== undefined) checkLength(work, clip, piece);
  work.then(function () { done(live.by(clip.id), piece.oddity || ""); });
}

/** An unwarped clip plays loop_start to loop_end, in seconds: set when Live's guess has left something behind. */
function checkLength(work, clip, piece) {
  var start;
  work.then(function () {
    start = clip.number("start_time");
    if (Math.abs(start - piece.position) > 1e-6) piece.oddity = "elsewhere";
  });
  work.then(function () {
    if (isRight(clip, start, piece)) return undefined;
    clip.set("loop_start", 0);
    clip.set("loop_end", piece.seconds);
    return { pause: TICK_MS };
  });
  work.then(function () { if (!piece.oddity && !isRight(clip, start, piece)) piece.oddity = "other_length"; });
}

function isRight(clip, start, piece) {
  return Math.abs(clip.number("end_time") - start - piece.seconds * piece.tempo / 60) <= BEATS_OFF;
}

/**
 * Takes that another program has asked for and that are to be laid in here: somebody worked in the panel on a range of
 * this set, or sent a take to it.
 *
 * Nothing was remembered when they were asked for. The request lies beside the take, in the job's folder; without it the
 * take itself says where it belongs.
 */
var beats = require("./beats");
var files = require("./files");
var json = require("./json");
var live = require("./live");
var paths = require("./paths");
var song = require("./song");
var text = require("./text");
var verbs = require("./verbs");

var MOST_BYTES = 1048576;

/** Makes a job of `take` whose result is there, in steps; a take of another set is only told of. */
exports.receive = function (work, desk, take) {
  var now = {};
  var request = {};
  song.read(work, now);
  files.read(work, paths.join(paths.folder(take.path), "request.json"), MOST_BYTES, function (found) {
    request = (found && json.read(found)) || {};
  });
  work.then(function () {
    var verb = verbOf(request, take.parts[0]);
    if (isOfAnotherSet(request, now.path)) {
      return void desk.say("guest_elsewhere", { verb: text.verb(verb), project: request.project, path: take.path });
    }
    desk.jobs.receive(take, { request: verb, tags: request.tags || "" }, placeOf(desk, verb, request, take, now));
    desk.memory.keepSoon();
    return undefined;
  });
};

function verbOf(request, part) {
  if (request.request === "extend") return part.side === "left" ? "extend_left" : "extend_right";
  return verbs.list.some(function (verb) { return verb.id === request.request; }) ? request.request : "generate";
}

function isOfAnotherSet(request, song) {
  return Boolean(request.project && song && !paths.same(request.project, paths.folder(song)));
}

/** The beat is that of now; there is no range that was worked on. */
function placeOf(desk, verb, request, take, now) {
  var part = take.parts[0];
  var start = beats.length(part.timeline, now.tempo, part.span.rate);
  var end = start + beats.length(part.samples, now.tempo, part.span.rate);
  return {
    verb: verb, of: take.job, session: desk.session, song: live.songPath(), tempo: now.tempo, rate: part.span.rate,
    start: start, end: end, isFixed: true, isSession: false, slot: 0, owner: null, stems: false, notes: false,
    draft: request.draft === true, track: { id: 0, name: text.say("guest_place"), index: -1, kind: "audio", color: null },
    range: text.say("range", {
      track: text.say("guest_place"), start: beats.position(start, now.meter), end: beats.position(end, now.meter)
    })
  };
}

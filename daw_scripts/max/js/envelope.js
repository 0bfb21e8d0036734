/**
 * Makes a letter out of a request, in small steps: one over many clips may be long, and Live must not wait for it.
 *
 * A letter is {word, name, body, file}: the request's word, the job's id, the JSON, and where a long one lies on the disk:
 * under a fresh name that nobody knows until the file is closed.
 */
var files = require("./files");
var ids = require("./ids");
var json = require("./json");
var letter = require("./letter");
var paths = require("./paths");
var protocol = require("./protocol");
var Refusal = require("./refusal").Refusal;

var SHORT = 1000;

/** A fresh name for a letter of `client`; null while nobody knows where Dawbridge's folder is. */
exports.path = function (home, client) {
  return home ? paths.forMax(paths.join(home, "outbox", client + "-" + ids.digits(16) + ".json")) : null;
};

/** Hands `done` the letter of `request`. Throws a Refusal if it is larger than any letter may be. */
exports.seal = function (work, path, request, done) {
  var sealed = { word: request.request, name: request.job || request.id, body: "", file: null };
  var lists = [];
  var frame;
  work.then(function () {
    frame = withoutClips(request, lists);
    checked(letter.fault(frame), request);
    lists.forEach(function (list) { writeClips(work, list, request); });
  });
  work.then(function () {
    sealed.body = assembled(json.write(frame), lists);
    if (sealed.body.length > protocol.LARGEST) throw new Refusal("too_large");
  });
  work.then(function () {
    if (sealed.body.length <= SHORT || !path) return void done(sealed);
    files.write(work, path, sealed.body, function (isWritten) {
      sealed.file = isWritten ? path : null;
      done(sealed);
    });
  });
};

/** A slip of ours is seen before a job is waited for. */
function checked(fault, request) {
  if (fault) throw new Error(request.request + ": " + fault);
}

/** The request with empty lists of clips; the full ones go into `lists`, in order. */
function withoutClips(request, lists) {
  var message = {};
  Object.keys(request).forEach(function (name) { message[name] = request[name]; });
  if (request.source) message.source = emptied(request.source, lists);
  if (request.sources) message.sources = request.sources.map(function (source) { return emptied(source, lists); });
  return message;
}

function emptied(source, lists) {
  lists.push({ clips: source.live_clips, texts: [] });
  return { live_clips: [] };
}

function writeClips(work, list, request) {
  list.clips.forEach(function (clip) {
    work.then(function () {
      checked(letter.faultOfClip(clip), request);
      list.texts.push(json.write(clip));
    });
  });
}

/** `"live_clips":[]` cannot stand in a text of the user's: its quotes would have a backslash. */
function assembled(frame, lists) {
  var pieces = frame.split('"live_clips":[]');
  return pieces.map(function (piece, index) {
    return index === 0 ? piece : '"live_clips":[' + lists[index - 1].texts.join(",") + "]" + piece;
  }).join("");
}

/**
 * What a device remembers: with the set, as one symbol of a hidden parameter, and on the disk, because a set that was not
 * saved before Live died forgets its parameters.
 *
 * On the disk lie two files in the user's Dawbridge folder, written in turn. Each carries a number that counts up, at its
 * beginning and at its end: a file of which only the beginning is new says two numbers, and is not believed. Whatever
 * happens while one is written, the other is whole. The higher number counts.
 */
var files = require("./files");
var json = require("./json");
var paths = require("./paths");

var MARK = "dawbridge";
var LARGEST_SYMBOL = 24000;

function fileOf(home, client, number) {
  return paths.join(home, "live-" + client + (number % 2 === 0 ? "-a" : "-b") + ".txt");
}

/** What a file or a symbol says: an object with `client`, or null for anything else, half a file included. */
exports.parse = function (text) {
  var value = text ? json.read(text) : null;
  var isWhole = value && value.end === MARK && value.number === value.check;
  return isWhole && typeof value.client === "string" ? value : null;
};

/** What the disk remembers of `client`, or null. */
exports.load = function (home, client) {
  var found = [0, 1].map(function (turn) {
    return exports.parse(files.readNow(fileOf(home, client, turn)));
  }).filter(function (one) { return one && one.client === client; });
  found.sort(function (one, other) { return other.number - one.number; });
  return found[0] || null;
};

/** Writes `memory`, whose `number` is counted up here. False where the disk refuses. */
exports.save = function (home, memory) {
  memory.number += 1;
  close(memory);
  return files.writeNow(fileOf(home, memory.client, memory.number), json.write(memory));
};

/**
 * The same as a symbol for the set. If that would be too long for an atom of Max, what can be done without is left out;
 * the disk has it.
 */
exports.symbol = function (memory) {
  close(memory);
  var text = json.write(memory);
  if (text.length <= LARGEST_SYMBOL) return text;
  var brief = { number: memory.number, client: memory.client, after: memory.after, home: memory.home };
  brief.isBrief = true;
  brief.jobs = memory.jobs.map(withoutRequest);
  brief.results = memory.results.slice(-4);
  close(brief);
  text = json.write(brief);
  if (text.length <= LARGEST_SYMBOL) return text;
  brief.jobs = [];
  brief.results = memory.results.slice(-1);
  return json.write(brief);
};

/** A job of which only the place is told: enough to lay its result in, not to send it again. */
function withoutRequest(job) {
  var request = { request: job.request.request, job: job.id, tags: (job.request.tags || "").slice(0, 80) };
  return { id: job.id, request: request, place: job.place, state: job.state, seq: job.seq, since: job.since };
}

/** What a whole memory ends with. */
function close(memory) {
  delete memory.check;
  delete memory.end;
  memory.check = memory.number;
  memory.end = MARK;
}

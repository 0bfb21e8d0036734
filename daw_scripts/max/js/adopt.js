/**
 * Whose memory a fresh device takes over. Live may have died before the set was saved with the device in it; the disk
 * then knows a client for this very set that no device speaks for.
 */
var paths = require("./paths");
var store = require("./store");

/** Memories on the disk that were written for the set at `songPath` and have jobs or results; newest first. */
exports.candidates = function (home, songPath) {
  if (!songPath) return [];
  var clients = {};
  var folder = new Folder(paths.forMax(home)); // [U folder]
  while (!folder.end) {
    var name = /^live-(.+)-[ab]\.txt$/.exec(String(folder.filename));
    if (name) clients[name[1]] = true;
    folder.next();
  }
  folder.close();
  return Object.keys(clients).map(function (client) { return store.load(home, client); }).filter(function (memory) {
    return memory && paths.same(memory.song || "", songPath) && memory.jobs.length + memory.results.length > 0;
  });
};

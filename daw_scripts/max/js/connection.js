/**
 * Where the bridge is: `dawbridge-home.json` beside the device names the user's Dawbridge folder, and a running bridge
 * leaves `connection.json` in it. Max has no environment variables, hence the first of the two.
 */
var files = require("./files");
var json = require("./json");
var paths = require("./paths");
var protocol = require("./protocol");

/**
 * The Dawbridge folder. `devicePath` is Max's path of the device; `songPath` Live's of the set; `remembered` the folder
 * of an earlier time. Returns null where nothing says it.
 */
exports.home = function (devicePath, songPath, remembered) {
  var places = paths.candidates(devicePath);
  for (var index = 0; index < places.length; index += 1) {
    var told = readObject(paths.join(paths.folder(places[index]), "dawbridge-home.json"));
    if (told && typeof told.home === "string" && told.home) return told.home;
  }
  var guesses = [remembered, paths.usualHome(places[0]), paths.usualHome(songPath || "")];
  return guesses.filter(function (guess) { return Boolean(guess); })[0] || null;
};

/** What a running bridge says of itself: `{connection}`, or `{missing: sentence name}`. */
exports.read = function (home) {
  if (!home) return { missing: "no_home" };
  var told = readObject(paths.join(home, "connection.json"));
  if (!told || !told.osc || !told.osc.port || !told.key) return { missing: "no_bridge" };
  if (told.version !== protocol.VERSION) return { missing: "other_version" };
  return { connection: told };
};

function readObject(path) {
  var text = files.readNow(path);
  var value = text === null ? null : json.read(text);
  return value && typeof value === "object" ? value : null;
}

/** Paths as Max, Live and the bridge write them. Nothing here touches the disk. */

var FOLDERS_OF_A_MAC = /^\/(Users|Library|Applications|System|private|opt|usr|var|tmp)\//;
var TAKE = /(?:^|[\/\\])([a-z0-9][a-z0-9_-]{7,63})[\/\\]take-(\d+)(?:\.(?:left|right))?(?:\.stems[\/\\][^\/\\]+)?\.wav$/;

/**
 * What a path of Max may be called by the system, the likeliest first: `Macintosh HD:/Users/ana/x` is `/Users/ana/x` if
 * that drive is the one the Mac started from, `/Volumes/Macintosh HD/Users/ana/x` if it is another.
 */
exports.candidates = function (path) {
  var text = String(path);
  var drive = /^([^\/\\:][^\/\\:]+):[\/\\]?(.*)$/.exec(text);
  if (!drive) return [text];
  var own = "/" + drive[2].replace(/^\/+/, "");
  var other = "/Volumes/" + drive[1] + own;
  return FOLDERS_OF_A_MAC.test(own) ? [own, other] : [other, own];
};

/** The separator that a path uses. */
function separator(path) {
  return path.indexOf("/") < 0 && path.indexOf("\\") >= 0 ? "\\" : "/";
}

exports.join = function (folder) {
  var mark = separator(folder);
  var path = folder.replace(/[\/\\]+$/, "");
  for (var index = 1; index < arguments.length; index += 1) path += mark + arguments[index];
  return path;
};

/** The folder that a file lies in; empty for a bare name. */
exports.folder = function (path) {
  return path.replace(/[\/\\]?[^\/\\]*$/, "");
};

/** The last part of a path. */
exports.name = function (path) {
  return path.replace(/^.*[\/\\]/, "");
};

/** A path as Max's `File` takes it: with `/`, also on Windows. */
exports.forMax = function (path) {
  return path.replace(/\\/g, "/");
};

/** Whether two paths name the same file: macOS may write é in two ways, Windows in two cases and with both slashes. */
exports.same = function (one, other) {
  return plain(one) === plain(other);
};

function plain(path) {
  var text = exports.forMax(String(path));
  if (text.normalize) text = text.normalize("NFC");
  return /^[A-Za-z]:\//.test(text) || /^\/\//.test(text) ? text.toLowerCase() : text;
}

/** `{job, number, folder}` of a file that Dawbridge wrote, by its name; null for any other file. */
exports.take = function (path) {
  var found = TAKE.exec(String(path));
  if (!found) return null;
  var end = found.index + found[0].indexOf(found[1]) + found[1].length;
  return { job: found[1], number: Number(found[2]), folder: String(path).slice(0, end) };
};

/**
 * Where the user's Dawbridge folder usually is, guessed from any path below the user's own folder; null where that
 * does not tell. `dawbridge-home.json` says it better.
 */
exports.usualHome = function (path) {
  var mac = /^(\/Users\/[^\/]+)\//.exec(path);
  if (mac) return mac[1] + "/Library/Application Support/dawbridge";
  var windows = /^([A-Za-z]:[\/\\]Users[\/\\][^\/\\]+)[\/\\]/.exec(path);
  return windows ? windows[1].replace(/\\/g, "/") + "/AppData/Local/dawbridge" : null;
};

/** A `file:` address of a path, for the browser or the editor. */
exports.address = function (path) {
  var text = exports.forMax(path);
  return "file://" + (text.charAt(0) === "/" ? "" : "/") + encodeURI(text).replace(/#/g, "%23").replace(/\?/g, "%3F");
};

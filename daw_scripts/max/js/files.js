/**
 * Files, through Max's `File`: the only file here that names it.
 *
 * `File` knows bytes and ASCII, cannot rename and cannot delete. So nothing is ever read while it is half written, for
 * other reasons: a letter's name is made fresh and told to the bridge only when the file is closed, and what the script
 * remembers lies in two files of which one is always whole (see store.js).
 */
var json = require("./json");
var paths = require("./paths");

var BYTES_A_STEP = 4096;
var CHARACTERS_A_WRITE = 1024;
var WRITES_A_STEP = 16;

/** Whether a file is there and may be read. */
exports.isThere = function (path) {
  var file = new File(paths.forMax(path), "read"); // [U file-path]
  if (!file.isopen) return false;
  file.close();
  return true;
};

/** Hands the text of a file to `found`, in steps of `work`; null if it is not there or larger than `most` bytes. */
exports.read = function (work, path, most, found) {
  exports.readBytes(work, path, most, function (bytes) { found(bytes === null ? null : json.text(bytes)); });
};

/** The same for its bytes. */
exports.readBytes = function (work, path, most, found) {
  var file = null;
  var bytes = [];
  work.then(function () {
    if (file === null) file = new File(paths.forMax(path), "read");
    if (!file.isopen) return void found(null);
    var rest = Math.min(file.eof, most + 1) - bytes.length;
    if (rest > 0) {
      var more = file.readbytes(Math.min(rest, BYTES_A_STEP)) || [];
      for (var index = 0; index < more.length; index += 1) bytes.push(more[index]);
      if (more.length > 0) return { again: 0 };
    }
    file.close();
    return void found(bytes.length > most ? null : bytes);
  });
};

/** The text of a small file at once; null if it is not there. */
exports.readNow = function (path) {
  var file = new File(paths.forMax(path), "read");
  if (!file.isopen) return null;
  var bytes = [];
  while (bytes.length < file.eof) {
    var more = file.readbytes(Math.min(file.eof - bytes.length, CHARACTERS_A_WRITE));
    if (!more || more.length === 0) break;
    for (var index = 0; index < more.length; index += 1) bytes.push(more[index]);
  }
  file.close();
  return json.text(bytes);
};

/** Writes `text`, which must be ASCII, over whatever was there. False where that cannot be done. */
exports.writeNow = function (path, text) {
  var file = new File(paths.forMax(path), "write");
  if (!file.isopen) return false;
  file.position = 0;
  for (var index = 0; index < text.length; index += CHARACTERS_A_WRITE) {
    file.writestring(text.slice(index, index + CHARACTERS_A_WRITE));
  }
  return close(file) === text.length;
};

/** The same in steps of `work`; `done` hears whether it could be done. */
exports.write = function (work, path, text, done) {
  var file = null;
  var index = 0;
  work.then(function () {
    if (file === null) file = new File(paths.forMax(path), "write");
    if (!file.isopen) return void done(false);
    for (var count = 0; count < WRITES_A_STEP && index < text.length; count += 1) {
      file.writestring(text.slice(index, index + CHARACTERS_A_WRITE));
      index += CHARACTERS_A_WRITE;
    }
    if (index < text.length) return { again: 0 };
    return void done(close(file) === text.length);
  });
};

function close(file) {
  file.eof = file.position; // [U file-eof]
  var written = file.position;
  file.close();
  return written;
}

/** Names that nobody else has. */

/** `count` hexadecimal digits by chance, stirred with the time: two devices in a set start in the same millisecond. */
exports.digits = function (count) {
  var text = "";
  while (text.length < count) {
    var chance = Math.floor(Math.random() * 0x1000000);
    var time = new Date().getTime() % 0x1000000;
    text += ("000000" + ((chance ^ time) & 0xffffff).toString(16)).slice(-6);
  }
  return text.slice(0, count);
};

exports.job = function () {
  return "live-" + exports.digits(24);
};

/** The end of a job's id, short enough for the name of a clip. */
exports.short = function (job) {
  return job.slice(-6);
};

exports.port = function () {
  return 49152 + Math.floor(Math.random() * (65536 - 49152));
};

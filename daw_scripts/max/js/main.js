/**
 * The one file that Max runs: it joins the device to its inlet and its outlets. Nothing of Live is touched before the
 * message `loaded`. Outlets and messages are those of device.toml.
 */
var desks = require("./desk");
var device = require("./device");

/** A list goes out with one `outlet` each, never with `apply`, which brings Live down. */
function outlets() {
  var number = {};
  device.outlets.forEach(function (name, index) { number[name] = index; });
  return {
    ui: function (atoms) { outlet(number.ui, atoms); },
    udp: function (atoms) { outlet(number.udpsend, atoms); },
    host: function (host, port) {
      outlet(number.udpsend, ["host", host]);
      outlet(number.udpsend, ["port", port]);
    },
    port: function (port) { outlet(number.udpreceive, ["port", port]); },
    memory: function (symbol) { outlet(number.memory, symbol); },
    target: function (id) { outlet(number.live_object, ["target", id]); },
    callLive: function (atoms) { outlet(number.live_object, ["call"].concat(atoms)); }
  };
}

/** Calls back once; a second call before that replaces the first. */
function clock() {
  var pending = null;
  var task = new Task(function () {
    var callback = pending;
    pending = null;
    if (callback) callback();
  });
  return function (ms, callback) {
    pending = callback;
    task.cancel();
    task.schedule(ms);
  };
}

exports.start = function (scope) {
  return desks.open({
    out: outlets(),
    later: clock(),
    tickLater: clock(),
    now: function () { return new Date().getTime(); },
    log: function (line) { post("dawbridge: " + line + "\n"); },
    devicePath: function () { return String((scope.patcher && scope.patcher.filepath) || ""); },
    launch: function (address) { messnamed("max", "launchbrowser", address); }
  });
};

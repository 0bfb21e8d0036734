/**
 * Which devices there are in this Live. A device that was duplicated comes with the memory of the first one: both would
 * speak under one name, and the bridge would answer only one of them.
 *
 * Max's `Global` is shared by all scripts of a Live. Each device writes the time into its own entry again and again; one
 * that has not written for a while is gone.
 */
var GONE_MS = 5000;

function board() {
  var shared = new Global("dawbridge_devices"); // [U global]
  if (!shared.clients) shared.clients = {};
  return shared.clients;
}

/** Whether another device speaks for `client` now. */
exports.isTaken = function (client, token, now) {
  var entry = board()[client];
  return Boolean(entry) && entry.token !== token && now - entry.seen < GONE_MS;
};

/** Says that the device `token` speaks for `client`. */
exports.say = function (client, token, now) {
  board()[client] = { token: token, seen: now };
};

/** Says that it does so no more. */
exports.leave = function (client, token) {
  var entry = board()[client];
  if (entry && entry.token === token) delete board()[client];
};

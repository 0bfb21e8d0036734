/**
 * Which devices there are in this Live. A device that was duplicated comes with the memory of the first one: both would
 * speak under one name, and the bridge would answer only one of them.
 *
 * Max's `Global` is shared by all scripts of a Live. Each device writes the time into its own entry again and again; one
 * that has not written for a while is gone. Entries are texts: an object would belong to the script that made it.
 */
var GONE_MS = 5000;
var NOBODY = {};

function board() {
  return typeof Global === "undefined" ? NOBODY : new Global("dawbridge_devices"); // [U global]
}

function entryOf(client) {
  var parts = String(board()["client_" + client] || "").split(" ");
  return { token: parts[0], seen: Number(parts[1]) || 0 };
}

/** Whether another device speaks for `client` now. */
exports.isTaken = function (client, token, now) {
  var entry = entryOf(client);
  return entry.token !== "" && entry.token !== token && now - entry.seen < GONE_MS;
};

/** Says that the device `token` speaks for `client`. */
exports.say = function (client, token, now) {
  board()["client_" + client] = token + " " + now;
};

/** Says that it does so no more. */
exports.leave = function (client, token) {
  if (entryOf(client).token === token) board()["client_" + client] = "";
};

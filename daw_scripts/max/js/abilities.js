/** What this Live can do, by its version; landing also tries, because versions tell only what was promised. */
var live = require("./live");

/**
 * Hands `found` what there is: {version, imports, lanes, notes}; `version` is such as 12.3.5. Import and the path of the set came
 * with the same versions.
 */
exports.read = function (work, found) {
  var app = live.at("live_app");
  var parts = [];
  ["get_major_version", "get_minor_version", "get_bugfix_version"].forEach(function (name) {
    work.then(function () { parts.push((app && app.ask(name)) || 0); });
  });
  work.then(function () { found(gate(parts)); });
};

function gate(parts) {
  var able = exports.of(parts);
  live.hasSongPath = able.imports;
  live.missing = able.lanes ? {} : { take_lanes: true };
  if (parts[0] < 12) live.missing.is_take_lane_clip = true;
  return able;
}

exports.of = function (parts) {
  var imports = parts[0] === 11 ? isFrom(parts, [11, 3, 25]) : isFrom(parts, [12, 0, 5]);
  var isNew = isFrom(parts, [12, 2, 0]);
  return { version: parts.join("."), imports: imports, lanes: isNew, notes: isNew };
};

function isFrom(parts, least) {
  for (var index = 0; index < 3; index += 1) {
    if (parts[index] !== least[index]) return parts[index] > least[index];
  }
  return true;
}

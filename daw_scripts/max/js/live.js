/**
 * Live, asked politely. The only file that names LiveAPI; nothing in it runs before the device is loaded.
 *
 * LiveAPI answers every `get` with a list, a missing object with id 0, an object as the two words `id` and a number, and
 * a mistake with a line in Max's console and nothing else. A *thing* hides all that: what is not there reads as null.
 */

/**
 * What this Live does not have: asked for, it would only write a line into the console, and nobody knows what it answers.
 * abilities.js fills it by the version.
 */
exports.missing = {};
exports.hasSongPath = true;

/** Where the set lies; empty while it was never saved, and in a Live that does not tell. */
exports.songPath = function () {
  return exports.hasSongPath ? exports.at("live_set").text("file_path") : "";
};

/** The thing at a path such as `live_set view`, or null. */
exports.at = function (path) {
  return thing(new LiveAPI(path));
};

/** The thing with an id, or null: it may have been deleted since. */
exports.by = function (id) {
  return Number(id) > 0 ? thing(new LiveAPI("id " + Number(id))) : null;
};

/** Calls `changed()` whenever `property` of the thing at `path` changes; stop it with `exports.unwatch`. */
exports.watch = function (path, property, changed) {
  var api = new LiveAPI(function () { changed(); }, path);
  api.property = property; // [U observer-time]
  return api;
};

exports.unwatch = function (api) {
  api.property = "";
};

function thing(api) {
  return Number(api.id) > 0 ? new Thing(api) : null;
}

function Thing(api) {
  this.api = api;
  this.id = Number(api.id);
}

/** All atoms of a property; [] for one that this Live or this kind of thing does not have. */
Thing.prototype.atoms = function (name) {
  if (exports.missing[name]) return [];
  var answer = this.api.get(name);
  if (answer === null || answer === undefined) return [];
  return Array.isArray(answer) || typeof answer === "object" ? Array.prototype.slice.call(answer) : [answer];
};

/** A number, or null. */
Thing.prototype.number = function (name) {
  var atoms = this.atoms(name);
  return atoms.length === 1 && atoms[0] !== "" && isFinite(Number(atoms[0])) ? Number(atoms[0]) : null;
};

Thing.prototype.flag = function (name) {
  return this.number(name) === 1;
};

/** Text; a name of digits comes from Max as a number. Empty for what is not there. */
Thing.prototype.text = function (name) {
  return this.atoms(name).map(String).join(" ");
};

/** The ids of a list of things, or of the one thing that a property names. */
Thing.prototype.ids = function (name) {
  return idsIn(this.atoms(name));
};

/** The thing that a property names, or null. */
Thing.prototype.one = function (name) {
  return exports.by(this.ids(name)[0] || 0);
};

Thing.prototype.set = function (name, value) {
  this.api.set(name, value);
};

/** Points a property such as `selected_track` to another thing. */
Thing.prototype.point = function (name, id) {
  this.api.set(name, "id", id); // [U set-id]
};

/** Calls a function; the ids in its answer, which is [] for most of them and after a mistake. */
Thing.prototype.call = function (name, first, second) {
  var answer;
  if (second !== undefined) answer = this.api.call(name, first, second); // [U call-spaces]
  else answer = first === undefined ? this.api.call(name) : this.api.call(name, first);
  if (answer === null || answer === undefined) return [];
  return idsIn(Array.isArray(answer) || typeof answer === "object" ? Array.prototype.slice.call(answer) : [answer]);
};

/** A number that a function answers, or null. */
Thing.prototype.ask = function (name) {
  var answer = this.api.call(name);
  var number = Number(Array.isArray(answer) ? answer[0] : answer);
  return isFinite(number) ? number : null;
};

function idsIn(atoms) {
  var ids = [];
  for (var index = 0; index + 1 < atoms.length; index += 2) {
    if (String(atoms[index]) !== "id") return ids;
    if (Number(atoms[index + 1]) > 0) ids.push(Number(atoms[index + 1]));
  }
  return ids;
}

/** What a script sends is checked first: every field known, none missing, none out of range. Then it is made a datagram. */
var json = require("./json");
var protocol = require("./protocol");

var LONGEST_DATAGRAM = 1399;

/** What is wrong with `message`, as text for the log; null where the bridge will read it. */
exports.fault = function (message) {
  var request = protocol.requests[message.request];
  if (!request) return message.request + " is no request";
  var fields = {};
  Object.keys(message).forEach(function (name) {
    if (name !== "request") fields[name] = message[name];
  });
  return faultOfFields(fields, request.fields, "");
};

/** The same for one clip of a source. */
exports.faultOfClip = function (clip) {
  return faultOfFields(clip, protocol.types.live_clip.fields, "live_clip.");
};

function faultOfFields(values, fields, prefix) {
  var known = {};
  var fault = null;
  fields.forEach(function (field) {
    known[field.name] = true;
    var value = values[field.name];
    if (value === undefined) fault = fault || (field.required ? prefix + field.name + " is missing" : null);
    else fault = fault || faultOfValue(value, field, prefix + field.name);
  });
  Object.keys(values).forEach(function (name) {
    if (!known[name]) fault = fault || prefix + name + " is no field of this request";
  });
  return fault;
}

function faultOfValue(value, field, where) {
  if (protocol.types[field.type]) return faultOfFields(value, protocol.types[field.type].fields, where + ".");
  if (field.type === "list") return faultOfList(value, field, where);
  if (field.type === "integer" && Math.floor(value) !== value) return where + " is no whole number";
  var isNumber = typeof value === "number" && isFinite(value);
  if ((field.type === "integer" || field.type === "number") && !isNumber) return where + " is no number";
  if ((field.type === "string" || field.type === "boolean") && typeof value !== field.type) {
    return where + " is no " + field.type;
  }
  return faultOfSize(value, field, where);
}

function faultOfList(value, field, where) {
  var fault = null;
  value.forEach(function (item, index) {
    fault = fault || faultOfValue(item, field.items, where + "[" + index + "]");
  });
  return fault || faultOfSize(value, field, where);
}

/** Characters as the bridge counts them: a pair of surrogates is one. */
exports.characters = function (text) {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, "x").length;
};

function faultOfSize(value, field, where) {
  if (value < field.min || value > field.max) return where + " is " + value + ", out of range";
  var length = typeof value === "string" ? exports.characters(value) : value.length;
  if (field.max_length !== undefined && length > field.max_length) return where + " is too long";
  if (field.min_length !== undefined && length < field.min_length) return where + " is too short";
  if (field.choices && field.choices.indexOf(value) < 0) return where + " is " + value + ", no such choice";
  if (field.pattern && !new RegExp(field.pattern).test(value)) return where + " is " + value + ", which does not fit";
  return null;
}

/** Bytes that an OSC message of strings takes. */
exports.size = function (atoms) {
  var tags = "," + atoms.slice(1).map(function () { return "s"; }).join("");
  return atoms.concat([tags]).reduce(function (sum, atom) { return sum + padded(bytesIn(String(atom))); }, 0);
};

/** Bytes of UTF-8. */
function bytesIn(text) {
  var bytes = 0;
  for (var index = 0; index < text.length; index += 1) {
    var unit = text.charCodeAt(index);
    var isSurrogate = unit >= 0xd800 && unit < 0xe000;
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate ? 2 : 3;
  }
  return bytes;
}

function padded(bytes) {
  return (Math.floor(bytes / 4) + 1) * 4;
}

/** The JSON of `message`, made once: for a request over many clips that takes a while. */
exports.body = function (message) {
  return json.write(message);
};

/** The datagram of a `body` as atoms, address first; null where it must go by file. `word` is the request in it. */
exports.datagram = function (word, body, key, client) {
  if (body.length > LONGEST_DATAGRAM) return null;
  var atoms = [protocol.osc.requests[word], key, client, body];
  return exports.size(atoms) <= LONGEST_DATAGRAM ? atoms : null;
};

/** The datagram that names the file in which the message lies. */
exports.fileDatagram = function (path, key, client) {
  return [protocol.osc.file, key, client, path];
};

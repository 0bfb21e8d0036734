/** The texts and numbers of the strip, read and checked. Raises a Refusal whose sentence says what to change. */
var ids = require("./ids");
var letter = require("./letter");
var protocol = require("./protocol");
var Refusal = require("./refusal").Refusal;

var LARGEST_SEED = 9007199254740991;

function most(request, name) {
  return protocol.requests[request].fields.filter(function (field) { return field.name === name; })[0].max_length;
}

function shortEnough(text, name) {
  var limit = most("repaint", name);
  var count = letter.characters(text);
  if (count > limit) throw new Refusal("long_" + name, { count: count, most: limit });
  return text;
}

/** A whole number up to 2^53 - 1 as it is typed; undefined for an empty field. Max would make it a 32-bit number. */
exports.seed = function (typed) {
  var text = typed.replace(/\s+/g, "");
  if (text === "") return undefined;
  if (!/^\d{1,16}$/.test(text) || Number(text) > LARGEST_SEED) throw new Refusal("bad_seed", { given: typed });
  return Number(text);
};

/** The versions that lines of `---` separate; empty ones are left out, but one remains. */
exports.versions = function (words) {
  var versions = words.replace(/\r\n?/g, "\n").split(/^[ \t]*-{3,}[ \t]*$/m).map(function (version) {
    return version.replace(/^\s+|\s+$/g, "");
  }).filter(function (version) { return version !== ""; });
  return versions.length > 0 ? versions : [""];
};

/** `{chords, words}`: what stands behind `Chords:` on a line of its own is no line to sing. */
exports.chords = function (words) {
  var found = /^[ \t]*chords:[ \t]*(.*?)[ \t]*$/im.exec(words);
  if (!found) return { chords: "", words: words };
  var limit = protocol.types.music.fields.filter(function (field) { return field.name === "chords"; })[0].max_length;
  if (found[1].length > limit) throw new Refusal("long_chords", { count: found[1].length, most: limit });
  return { chords: found[1], words: words.slice(0, found.index) + words.slice(found.index + found[0].length) };
};

/** "", "follow" what the reference plays, or only its "timbre". */
function referenceOf(verb, held, settings) {
  var use = verb.id === "generate" ? held.reference : "";
  if (use && !settings.reference) throw new Refusal("no_reference_here");
  if (use === "timbre" && !settings.timbre) throw new Refusal("no_timbre_here");
  return use;
}

/**
 * `{tags, versions, chords, seed, variants, strength, role, bars, draft, reference}` of what the strip holds. `settings`:
 * what means something to the engine, see offer.js.
 */
exports.read = function (verb, held, settings) {
  var typed = exports.chords(held.words);
  var versions = exports.versions(typed.words).map(function (words) { return shortEnough(words, "lyrics"); });
  var wishes = {
    tags: shortEnough(held.tags.replace(/\s+/g, " ").replace(/^ | $/g, ""), "tags"),
    versions: verb.id === "edit" ? versions : versions.slice(0, 1),
    chords: typed.chords,
    seed: exports.seed(held.seed),
    variants: held.variants,
    strength: Math.max(0, Math.min(1, held.strength / 100)),
    role: held.role,
    bars: held.bars,
    draft: held.draft && Boolean(settings.draft),
    reference: referenceOf(verb, held, settings)
  };
  if (verb.id === "edit" && versions[0] === "") throw new Refusal("no_lyrics");
  if (wishes.versions.length > 1 && wishes.seed === undefined) wishes.seed = parseInt(ids.digits(12), 16);
  return wishes;
};

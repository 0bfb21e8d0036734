/** A reason of the user's world why something cannot be done: the name of a sentence in text.js and its values. */
exports.Refusal = function (sentence, values) {
  this.sentence = sentence;
  this.values = values || {};
};

exports.Refusal.prototype = new Error();

/** JSON in plain ASCII, so that no part of Max can misread a letter, and bytes of UTF-8 turned into text. */

/** `value` as JSON; whatever is not ASCII is written as \uXXXX. */
exports.write = function (value) {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, function (unit) {
    return "\\u" + ("0000" + unit.charCodeAt(0).toString(16)).slice(-4);
  });
};

/** The value that `text` says, or null where it is no JSON: half a file, or somebody else's. */
exports.read = function (text) {
  try {
    return JSON.parse(text);
  } catch (fault) {
    if (fault instanceof SyntaxError) return null;
    throw fault;
  }
};

/** Text out of bytes of UTF-8; bytes that are none become U+FFFD. A mark at the beginning is dropped. */
exports.text = function (bytes) {
  var units = [];
  var index = bytes.length > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (index < bytes.length) {
    var length = bytes[index] < 0x80 ? 1 : bytes[index] < 0xe0 ? 2 : bytes[index] < 0xf0 ? 3 : 4;
    units.push(character(bytes, index, length));
    index += length;
  }
  return units.join("");
};

function character(bytes, index, length) {
  if (length === 1) return String.fromCharCode(bytes[index]);
  var code = bytes[index] & (0xff >> (length + 1));
  for (var offset = 1; offset < length; offset += 1) {
    if ((bytes[index + offset] & 0xc0) !== 0x80) return "\ufffd";
    code = (code << 6) | (bytes[index + offset] & 0x3f);
  }
  if (code < 0x10000) return String.fromCharCode(code);
  return String.fromCharCode(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
}

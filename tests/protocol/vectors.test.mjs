// Every golden vector in JavaScript: JSON round trip, the tables know every field, patterns and limits hold.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

const protocol = createRequire(import.meta.url)("../../daw_scripts/max/protocol.js");
const vectors = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url), "utf8"));

function faults(values, fields, path = "$") {
  const known = new Map(fields.map((field) => [field.name, field]));
  const found = fields.filter((field) => field.required && !(field.name in values)).map((field) => `${path}.${field.name} is missing`);
  for (const [name, value] of Object.entries(values)) {
    if (path === "$" && (name === "request" || name === "event")) continue;
    const field = known.get(name);
    found.push(...(field ? faultsOf(value, field, `${path}.${name}`) : [`${path}.${name} is unknown`]));
  }
  return found;
}

function faultsOf(value, field, path) {
  const type = protocol.types[field.type];
  if (type) return faults(value, type.fields, path);
  const found = [];
  const fail = (what) => found.push(`${path}: ${what}`);
  if (field.type === "list") {
    if (!Array.isArray(value)) fail("no list");
    else value.forEach((item, index) => found.push(...faultsOf(item, field.items, `${path}[${index}]`)));
  } else if (field.type === "integer") {
    if (!Number.isSafeInteger(value)) fail("no integer");
  } else if (typeof value !== field.type) return [`${path}: no ${field.type}`];
  if (field.min !== undefined && value < field.min) fail("too small");
  if (field.max !== undefined && value > field.max) fail("too large");
  if (field.min_length !== undefined && value.length < field.min_length) fail("too short");
  if (field.max_length !== undefined && value.length > field.max_length) fail("too long");
  if (field.pattern !== undefined && !new RegExp(field.pattern).test(value)) fail("does not match");
  if (field.choices !== undefined && !field.choices.includes(value)) fail("no such choice");
  return found;
}

for (const vector of vectors.messages) {
  test(vector.name, () => {
    const message = JSON.parse(vector.json);
    assert.deepEqual(JSON.parse(JSON.stringify(message)), message);
    const entry = protocol[`${vector.kind}s`][message[vector.kind]];
    assert.deepEqual(faults(message, entry.fields), []);
    assert.deepEqual(faultsOf(message[vector.kind] in protocol.osc[`${vector.kind}s`], { type: "boolean" }, "osc"), []);
  });
}

// What no table can say: rules that join two fields.
const joined = new Set([
  "span backwards",
  "span empty",
  "extend nowhere",
  "source of nothing",
  "source of file and clips",
  "source of clips of both kinds",
  "clips in a whole file",
  "clip with half a loop",
  "clip with a loop backwards",
  "clip of Live's that ends before it begins",
  "extension before the timeline",
  "changes out of order",
]);

for (const vector of vectors.refused) {
  if (vector.code !== "bad_request" || vector.wire !== "json" || joined.has(vector.name)) continue;
  test(`refused: ${vector.name}`, () => {
    const { message } = JSON.parse(vector.json);
    const entry = protocol.requests[message.request];
    assert.ok(!entry || faults(message, entry.fields).length > 0);
  });
}

test("every refusal has a code that the table explains", () => {
  for (const { code } of vectors.refused) assert.ok(protocol.errors[code].hint);
});

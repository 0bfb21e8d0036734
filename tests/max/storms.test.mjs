// Lines that lose, double and delay at random, and devices that come and go meanwhile: every job ends once, in the set.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "./fake/stage.mjs";

const STORMS = 60;

/** A small generator of chance, so that a storm that breaks something can be had again. */
function chance(seed) {
  let state = seed * 2_654_435_761 % 4_294_967_296;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function storm(seed) {
  const next = chance(seed + 1);
  const stage = new Stage({ loaded: false, max: { engine: next() < 0.5 ? "js" : "v8", answersIds: next() < 0.7 } });
  stage.wire.lose = () => next() < 0.25;
  stage.wire.doubles = next() < 0.5;
  stage.wire.delay = () => 1 + Math.floor(next() * 700);
  return { stage, next };
}

for (let seed = 0; seed < STORMS; seed += 1) {
  test(`storm ${seed}: two jobs, each lands once`, () => {
    const { stage, next } = storm(seed);
    stage.device().start();
    stage.advance(50);
    const requests = [];
    for (const verb of ["repaint", "generate"]) {
      stage.press(verb, { source: 0, variants: Math.floor(next() * 3) });
      stage.until(() => stage.bridge.jobs.size > requests.length, `${verb} arrives`);
      requests.push(stage.bridge.last);
    }
    for (const request of requests.reverse()) stage.done(request);
    if (next() < 0.4) {
      const { symbol } = stage.max;
      stage.max.end(next() < 0.5);
      stage.shared = {};
      stage.device().start(symbol);
    }
    for (let waited = 0; waited < 180 && stage.ours.length < 2; waited += 1) stage.advance(1_000);
    stage.advance(20_000);
    assert.deepEqual(stage.ours.map((track) => track.get("name").split(" ")[0]).sort(), ["Generate", "Repaint"]);
    assert.deepEqual(stage.ours.map((track) => track.clips.length), [1, 1]);
    assert.equal(stage.set.damage, undefined);
    assert.deepEqual(stage.faults, []);
  });
}

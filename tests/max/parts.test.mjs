// The parts that are plain arithmetic and text, each by itself.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const part = (name) => require(`../../daw_scripts/max/js/${name}.js`);
const [beats, paths, json, slices, letterless] = ["beats", "paths", "json", "slices", "ids"].map(part);

test("samples of a beat: the nearest, a half to the even one, as Python rounds", () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4999, 1e9 + 0.5].map(beats.nearest), [0, 2, 2, 2, 1e9]);
  assert.equal(beats.samples(70_000.25, 120, 48_000), 1_680_006_000);
  assert.equal(beats.samples(1 / 3, 97.3, 44_100), Math.round(44_100 * 20 / 97.3));
});

test("samples and back: never more than half a sample away", () => {
  for (const tempo of [20, 59.94, 97.5, 120, 173.217, 999]) {
    for (const rate of [22_050, 44_100, 48_000, 96_000, 192_000]) {
      for (const at of [0, 1 / 3, 12.5, 999.123, 65_536.75, 1_576_800]) {
        const there = beats.samples(at, tempo, rate);
        assert.ok(Math.abs(beats.length(there, tempo, rate) - at) * 60 / tempo * rate <= 0.5 + 1e-4);
      }
    }
  }
});

for (const [at, meter, position] of [
  [0, [4, 4], "1"], [3.999999, [4, 4], "2"], [12.25, [4, 4], "4.1.2"], [13, [4, 4], "4.2"], [13, [6, 8], "5.3"], [3.5, [7, 8], "2"], [1.75, [7, 16], "2"],
]) {
  test(`beat ${at} in ${meter.join("/")} is ${position}`, () => {
    assert.equal(beats.position(at, { numerator: meter[0], denominator: meter[1] }), position);
  });
}

for (const [path, expected] of [
  ["/m/Dawbridge/live-0123/take-1.wav", { job: "live-0123", number: 1, folder: "/m/Dawbridge/live-0123" }],
  ["C:\\m\\live-0123\\take-12.left.wav", { job: "live-0123", number: 12, folder: "C:\\m\\live-0123" }],
  ["/m/live-0123/take-2.stems/drums.wav", { job: "live-0123", number: 2, folder: "/m/live-0123" }],
  ["/m/live-0123/take-2.wav.asd", null], ["/m/take-2.wav", null], ["/m/Live-0123/take-2.wav", null], ["", null],
]) {
  test(`the take in ${path || "nothing"}`, () => assert.deepEqual(paths.take(path), expected));
}

test("the same file by another name: é in two ways, two cases and slashes on Windows", () => {
  assert.ok(paths.same("/Users/ana/\u00e9.wav", "/Users/ana/e\u0301.wav"));
  assert.ok(paths.same("C:\\Musik\\A.wav", "c:/musik/a.wav"));
  assert.ok(!paths.same("/Users/ana/A.wav", "/Users/ana/a.wav"));
});

test("addresses of files for the browser", () => {
  assert.equal(paths.address("/Users/ana/Ü #1?.txt"), "file:///Users/ana/%C3%9C%20%231%3F.txt");
  assert.equal(paths.address("C:\\a b.txt"), "file:///C:/a%20b.txt");
});

test("JSON is ASCII, and the same when it is read again", () => {
  const value = { a: "äöü 夜明け 🎵 \u2028 \u007f \\ \" \n", b: [1, -0.5, null, true] };
  assert.match(json.write(value), /^[\x20-\x7e]*$/);
  assert.deepEqual(json.read(json.write(value)), value);
  assert.equal(json.read('{"half":'), null);
});

test("bytes of UTF-8 become text; broken ones do not stop it", () => {
  for (const text of ["", "a", "äöü", "夜明け", "🎵x", "\u0000"]) assert.equal(json.text([...Buffer.from(text)]), text);
  assert.equal(json.text([0xef, 0xbb, 0xbf, 0x61]), "a");
  assert.equal(json.text([0x61, 0xc3]), "a\ufffd");
  assert.equal(json.text([0xf0, 0x9f]), "\ufffd");
});

test("ids: never twice, and such as the protocol takes", () => {
  const made = Array.from({ length: 500 }, letterless.job);
  assert.equal(new Set(made).size, made.length);
  for (const id of made) assert.match(id, /^[a-z0-9][a-z0-9_-]{7,63}$/);
});

/** A clock by hand for the slices. */
function turns() {
  const clock = { now: 0, due: [] };
  const work = slices.open((ms, callback) => { clock.due = [{ at: clock.now + ms, callback }]; }, () => clock.now);
  const run = (until) => {
    let count = 0;
    while (clock.due.length > 0 && clock.due[0].at <= until) {
      const [{ at, callback }] = clock.due.splice(0);
      clock.now = Math.max(clock.now, at);
      callback();
      count += 1;
    }
    return count;
  };
  return { clock, work, run };
}

test("slices: steps run in the order in which they were said, inner ones right behind theirs", () => {
  const { work, run } = turns();
  const seen = [];
  work.start((own) => {
    own.then(() => { seen.push("a"); own.then(() => void seen.push("a1")); own.then(() => void seen.push("a2")); });
    own.then(() => void seen.push("b"));
  }, null, () => seen.push("end"));
  run(100);
  assert.deepEqual(seen, ["a", "a1", "a2", "b", "end"]);
  assert.equal(work.isBusy(), false);
});

test("slices: a turn ends after two milliseconds, and other works have their share", () => {
  const { clock, work, run } = turns();
  const seen = [];
  const busy = (name) => (own) => {
    for (let count = 0; count < 4; count += 1) own.then(() => { clock.now += 1; seen.push(name); });
  };
  work.start(busy("one"));
  work.start(busy("two"));
  assert.ok(run(1_000) >= 4);
  assert.deepEqual(seen.slice(0, 4).sort(), ["one", "one", "two", "two"]);
});

test("slices: again and pause wait; a throw ends the one work and no other", () => {
  const { clock, work, run } = turns();
  const seen = [];
  let tries = 0;
  work.start((own) => {
    own.then(() => { tries += 1; return tries < 3 ? { again: 100 } : { pause: 50 }; });
    own.then(() => void seen.push(["after", clock.now]));
  });
  work.start((own) => own.then(() => { throw new Error("odd"); }), (error) => seen.push(error.message), () => seen.push("end"));
  run(1_000);
  assert.equal(tries, 3);
  assert.deepEqual(seen.slice(0, 2), ["odd", "end"]);
  assert.ok(seen[2][1] >= 250);
});

test("slices: a work that is stopped does nothing more", () => {
  const { work, run } = turns();
  const seen = [];
  const own = work.start((self) => { self.then(() => void seen.push("never")); });
  own.stop();
  run(100);
  assert.deepEqual(seen, []);
});

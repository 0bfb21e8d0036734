// Tricky cases 5 to 7: brace, tempo and meter.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "./fake/stage.mjs";

test("5. a brace of less than a beat: Live made it one, and one it is", () => {
  const stage = new Stage();
  stage.brace(12, 12.25);
  assert.deepEqual(stage.ask("repaint").span, { start: 288_000, end: 312_000, rate: 48_000 });
});

test("5. a brace behind the end of the song has no clip", () => {
  const stage = new Stage();
  stage.brace(5_000, 5_016);
  assert.match(stage.refusal("repaint"), /^No audio sounds on “3 Vocals”/);
});

test("5. the brace counts while the loop is off", () => {
  const stage = new Stage();
  assert.equal(stage.set.song.get("loop"), 0);
  assert.equal(stage.ask("repaint").span.start, 288_000);
});

for (const automation of [1, 2]) {
  test(`6. tempo automation (state ${automation}) is said, and the job goes on`, () => {
    const stage = new Stage({ live: { automation } });
    stage.ask("repaint");
    assert.match(stage.max.ui.message, /^The tempo of this set is automated/);
  });
}

test("6. the tempo was changed between request and result: the beat stays, the seconds stay", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 0 });
  stage.set.song.put("tempo", 97.5);
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
  const [[, start, end]] = stage.clips(stage.ours[0]);
  assert.equal(start, 12);
  assert.ok(Math.abs((end - start) * 60 / 97.5 - 2) < 1e-9);
});

test("6. an extension to the right begins where its clip ended, in beats, after a change of tempo", () => {
  const stage = new Stage();
  const request = stage.ask("extend_right", { bars: 2, variants: 0 });
  assert.deepEqual(request.span, { start: 192_000, end: 672_000, rate: 48_000 });
  assert.equal(request.right, 192_000);
  stage.set.song.put("tempo", 60);
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [28, 32]);
});

test("6. an extension to the left ends where its clip begins, after a change of tempo", () => {
  const stage = new Stage();
  const request = stage.ask("extend_left", { bars: 1, variants: 0 });
  assert.equal(request.left, 96_000);
  stage.set.song.put("tempo", 60);
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [6, 8]);
});

test("6. an extension to the left of a clip near bar 1 is as long as there is room; at bar 1 it is refused", () => {
  const near = new Stage({ clip: null });
  near.set.addClip(near.track, near.audio("/Users/ana/near.wav", 10), 2);
  assert.equal(near.ask("extend_left", { bars: 4 }).left, 48_000);
  const first = new Stage({ clip: null });
  first.set.addClip(first.track, first.audio("/Users/ana/first.wav", 10), 0);
  assert.match(first.refusal("extend_left", { bars: 4 }), /^The clip begins at bar 1/);
});

for (const [meter, start, bar, sinceBar] of [[[6, 8], 12, "6/8", 0], [[6, 8], 13, "6/8", 24_000], [[7, 16], 12, "7/16", 36_000], [[4, 4], 13.5, "4/4", 36_000]]) {
  test(`7. ${bar} at beat ${start}: ${sinceBar} samples behind the bar line`, () => {
    const stage = new Stage({ live: { meter } });
    stage.brace(start, start + 4);
    const { music } = stage.ask("repaint");
    assert.deepEqual([music.meter, music.since_bar, music.bpm], [bar, sinceBar, 120]);
  });
}

test("7. a meter that the protocol cannot say, and a tempo beyond it, are left out", () => {
  const stage = new Stage({ live: { meter: [99, 4], tempo: 500 } });
  stage.brace(12, 20);
  const { music } = stage.ask("generate", { source: 0 });
  assert.deepEqual([music.meter, music.since_bar, music.bpm], [undefined, undefined, undefined]);
});

test("7. bars count by the meter of now in what the strip says", () => {
  const stage = new Stage({ live: { meter: [6, 8] } });
  stage.brace(12, 19.5);
  stage.advance(1_000);
  assert.equal(stage.max.ui.subject, "Source: 3 Vocals, bars 5 to 7.4");
});

test("the section is that of the last locator before the range, whatever the order in which they were made", () => {
  const stage = new Stage();
  stage.set.addCue(40, "Chorus");
  stage.set.addCue(8, "Verse 1");
  stage.set.addCue(0, "Intro");
  assert.equal(stage.ask("repaint").music.section, "Verse 1");
  stage.brace(2, 6);
  assert.equal(stage.ask("generate", { source: 0 }).music.section, "Intro");
});

test("two locators around the playhead are a source", () => {
  const stage = new Stage();
  stage.set.addCue(24, "b");
  stage.set.addCue(10, "a");
  stage.set.song.put("current_song_time", 12.3);
  assert.deepEqual(stage.ask("repaint", { source: 2 }).span, { start: 240_000, end: 576_000, rate: 48_000 });
  stage.set.song.put("current_song_time", 30);
  assert.match(stage.refusal("repaint", { source: 2 }), /^The playhead is not between two locators/);
});

for (const [root, scale, mode, key] of [[9, "Minor", 1, "A minor"], [1, "Dorian", 1, "C# minor"], [10, "Whole Tone", 1, "Bb"], [0, "Major", 0, undefined]]) {
  test(`the key is told only while Scale is on: ${scale} ${mode} is ${key}`, () => {
    const stage = new Stage();
    Object.assign(stage.set.song.props, { root_note: root, scale_name: scale, scale_mode: mode });
    assert.equal(stage.ask("repaint").music.key, key);
  });
}

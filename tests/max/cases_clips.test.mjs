// Tricky cases 1 to 4, 8 and 11 of the reference notes on Live: what a clip is, and which clips a range means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage, VOICE } from "./fake/stage.mjs";

const MARKERS = [
  { sample_time: 0, beat_time: 0 }, { sample_time: 2, beat_time: 4 }, { sample_time: 5, beat_time: 8 },
  { sample_time: 5.02, beat_time: 8 + 1 / 32 },
];

const clipsOf = (request) => request.source.live_clips;

test("1. a warped clip's loop_start travels in beats, an unwarped one's in seconds, and `warping` says which", () => {
  const warped = new Stage({ clip: { warping: 1, loop_start: 4, loop_end: 24, markers: MARKERS } });
  const [one] = clipsOf(warped.ask("repaint"));
  assert.deepEqual([one.warping, one.loop_start, one.loop_end], [true, 4, 24]);

  const plain = new Stage({ clip: { warping: 0, loop_start: 1.5, loop_end: 9.5 } });
  const [other] = clipsOf(plain.ask("repaint"));
  assert.deepEqual([other.warping, other.loop_start, other.loop_end, other.warp_markers], [false, 1.5, 9.5, []]);
});

test("2. a warp map goes with its hidden last marker; Re-Pitch and transposition go too", () => {
  const stage = new Stage({ clip: { warping: 1, loop_end: 24, markers: MARKERS, warp_mode: 3, pitch_coarse: -5, pitch_fine: 12.5 } });
  const [clip] = clipsOf(stage.ask("repaint"));
  assert.deepEqual(clip.warp_markers, [[0, 0], [2, 4], [5, 8], [5.02, 8.03125]]);
  assert.deepEqual([clip.warp_mode, clip.pitch_coarse, clip.pitch_fine, clip.tempo], [3, -5, 12.5, 120]);
});

test("3. a looped clip that is repeated: range in the third repetition, raw loop and marker as they are", () => {
  const stage = new Stage({ clip: null });
  stage.set.addClip(stage.track, VOICE, 16, { warping: 1, looping: 1, loop_start: 2, loop_end: 8, start_marker: 0, length: 24, markers: MARKERS });
  stage.brace(30, 34);
  const request = stage.ask("repaint");
  const [clip] = clipsOf(request);
  assert.deepEqual([clip.looping, clip.start_marker, clip.loop_start, clip.loop_end], [true, 0, 2, 8]);
  assert.deepEqual([clip.start_time, clip.end_time], [16, 40]);
  assert.deepEqual(request.span, { start: 720_000, end: 816_000, rate: 48_000 });
});

test("4. a clip only partly inside the brace: the span ends with the clip", () => {
  const stage = new Stage();
  stage.brace(24, 40);
  assert.deepEqual(stage.ask("repaint").span, { start: 576_000, end: 672_000, rate: 48_000 });
});

test("4. several clips and a gap between them: all of them, as one timeline", () => {
  const stage = new Stage();
  stage.set.addClip(stage.track, stage.audio("/Users/ana/b.wav", 4), 32);
  stage.brace(24, 36);
  const request = stage.ask("repaint");
  assert.deepEqual(clipsOf(request).map((clip) => [clip.start_time, clip.end_time]), [[8, 28], [32, 40]]);
  assert.deepEqual(request.span, { start: 576_000, end: 864_000, rate: 48_000 });
});

test("4. surroundings are heard too, as far as a backend wants to hear, and no further", () => {
  const stage = new Stage();
  stage.bridge.welcome = { backends: [{ backend: "sketch", tasks: ["repaint"], context_seconds: 20 }] };
  stage.set.addClip(stage.track, stage.audio("/Users/ana/near.wav", 4), 50);
  stage.set.addClip(stage.track, stage.audio("/Users/ana/far.wav", 4), 70);
  stage.advance(16_000);
  assert.deepEqual(clipsOf(stage.ask("repaint")).map((clip) => clip.start_time), [8, 50]);
});

test("4. a brace with no clip under it is refused, with track and bars", () => {
  const stage = new Stage();
  stage.brace(64, 72);
  assert.equal(
    stage.refusal("repaint"),
    "No audio sounds on “3 Vocals” between bar 17 and bar 19. Move the loop brace over a clip that is not muted, or select the track that has one.",
  );
});

test("8. no clip in Clip View", () => {
  assert.match(new Stage().refusal("repaint", { source: 1 }), /^No clip is shown in Clip View/);
});

test("8. a MIDI clip", () => {
  const stage = new Stage({ clip: null });
  stage.set.view.put("detail_clip", stage.set.addClip(stage.track, "", 0, { midi: true, name: "Chords" }));
  assert.match(stage.refusal("repaint", { source: 1 }), /^“Chords” holds MIDI\. Bounce/);
});

test("8. a clip on another track than the selected one: the clip counts, and its track is named", () => {
  const stage = new Stage();
  const other = stage.set.addTrack({ name: "4 Guitar" });
  const clip = stage.set.addClip(other, stage.audio("/Users/ana/g.wav", 5), 40);
  stage.set.view.put("detail_clip", clip);
  stage.max.message("source", 1);
  stage.advance(1_000);
  assert.equal(stage.max.ui.subject, "Source: 4 Guitar, bars 11 to 13.3");
  const request = stage.land("repaint", { source: 1 });
  assert.deepEqual(clipsOf(request).map((one) => one.path), ["/Users/ana/g.wav"]);
  assert.deepEqual(stage.ours[0].clips[0].get("start_time"), 40);
  assert.equal(stage.set.tracks.indexOf(stage.ours[0]), stage.set.tracks.indexOf(other) + 1);
});

test("8. a clip in a take lane: its track is the lane's track", () => {
  const stage = new Stage();
  const lane = stage.set.addLane(stage.track);
  stage.set.view.put("detail_clip", stage.set.addClip(lane, stage.audio("/Users/ana/take.wav", 4), 8));
  stage.land("repaint", { source: 1 });
  assert.match(stage.ours[0].get("name"), /^Repaint of 3 Vocals/);
});

test("8. a Session clip: its loop is the timeline, and the result goes to the next empty slot", () => {
  const stage = new Stage();
  const [slot, full, empty] = stage.track.slots;
  const clip = stage.set.addClip(stage.track, VOICE, 0, { slot, warping: 1, looping: 1, loop_start: 4, loop_end: 12 });
  const other = stage.set.addClip(stage.track, VOICE, 0, { slot: full });
  stage.set.view.put("detail_clip", clip);
  const request = stage.ask("repaint", { source: 1 });
  const [raw] = clipsOf(request);
  assert.deepEqual([raw.start_time, raw.end_time, raw.start_marker], [0, 8, 4]);
  assert.deepEqual(request.span, { start: 0, end: 192_000, rate: 48_000 });
  stage.done(request, 1);
  stage.until(() => /^Done/.test(stage.max.ui.message));
  assert.equal(full.clip, other);
  assert.equal(empty.clip.get("file_path"), stage.takes(request, 1)[0].path);
  assert.equal(empty.clip.get("warping"), 0);
  assert.equal(stage.set.tracks.length, 1);
});

test("8. a Session clip with no empty slot below gets a new scene", () => {
  const stage = new Stage({ live: { sceneCount: 1 } });
  const clip = stage.set.addClip(stage.track, VOICE, 0, { slot: stage.track.slots[0], warping: 1, loop_end: 8 });
  stage.set.view.put("detail_clip", clip);
  stage.land("repaint", { source: 1, variants: 0 });
  assert.equal(stage.set.scenes.length, 2);
  assert.ok(stage.track.slots[1].clip);
});

test("8. a clip that was reversed has another file, and that one is heard", () => {
  const stage = new Stage({ clip: null });
  const reversed = stage.audio("/Users/ana/Music/Song Project/Samples/Processed/Reverse/voice R.wav", 10);
  stage.set.addClip(stage.track, reversed, 8);
  assert.equal(clipsOf(stage.ask("repaint"))[0].path, reversed);
});

test("11. a file of another rate than the set: the span counts at the set's rate, the clip says its own", () => {
  const stage = new Stage({ clip: null });
  stage.set.addClip(stage.track, stage.audio("/Users/ana/96.aif", 10, 96_000), 8);
  stage.max.message("rate", 44_100);
  const request = stage.ask("repaint");
  assert.equal(request.span.rate, 44_100);
  assert.deepEqual([clipsOf(request)[0].sample_rate, clipsOf(request)[0].sample_length], [96_000, 960_000]);
  assert.equal(request.span.start, 264_600);
});

test("11. eight hours of a file, and an MP3", () => {
  const stage = new Stage({ clip: null });
  stage.set.addClip(stage.track, stage.audio("/Users/ana/night.mp3", 28_800, 44_100), 0);
  stage.brace(57_000, 57_004);
  const request = stage.ask("repaint");
  assert.equal(clipsOf(request)[0].sample_length, 1_270_080_000);
  assert.deepEqual(request.span, { start: 1_368_000_000, end: 1_368_096_000, rate: 48_000 });
});

test("11. without a rate from the device, the rate of the clip's file counts", () => {
  const stage = new Stage({ loaded: false, clip: null });
  stage.set.addClip(stage.track, stage.audio("/Users/ana/44.wav", 10, 44_100), 8);
  stage.device().isReady = true;
  stage.max.message("loaded");
  stage.advance(2_000);
  assert.equal(stage.ask("repaint").span.rate, 44_100);
});

test("4. a muted clip does not count, and is told as muted where it is near", () => {
  const stage = new Stage({ clip: { muted: 1 } });
  assert.match(stage.refusal("repaint"), /^No audio sounds on “3 Vocals”/);
  stage.set.addClip(stage.track, stage.audio("/Users/ana/b.wav", 4), 30);
  stage.brace(30, 34);
  assert.deepEqual(clipsOf(stage.ask("repaint")).map((clip) => clip.muted), [true, false]);
});

test("8. the clip in Clip View has neighbours on its track: they are heard too", () => {
  const stage = new Stage();
  stage.set.addClip(stage.track, stage.audio("/Users/ana/b.wav", 4), 28);
  stage.set.view.put("detail_clip", stage.clip);
  const request = stage.ask("repaint", { source: 1 });
  assert.deepEqual(clipsOf(request).map((clip) => clip.start_time), [8, 28]);
  assert.deepEqual(request.span, { start: 192_000, end: 672_000, rate: 48_000 });
});

test("2. a warped clip whose map Live does not tell is refused; in the surroundings it is left out", () => {
  const stage = new Stage({ clip: { warping: 1, loop_end: 20, markers: [] } });
  assert.match(stage.refusal("repaint"), /^Live does not tell how a clip in the range is warped/);
  stage.set.addClip(stage.track, stage.audio("/Users/ana/b.wav", 4), 30);
  stage.brace(30, 34);
  assert.deepEqual(clipsOf(stage.ask("repaint")).map((clip) => clip.start_time), [30]);
});

for (const [told, expected] of [["-6.0 dB", -6], ["\u22126,5 dB", -6.5], ["-inf dB", -120], ["", 0]]) {
  test(`a clip's gain of “${told}” goes as ${expected} dB`, () => {
    const stage = new Stage({ clip: { gain: told } });
    assert.equal(clipsOf(stage.ask("repaint"))[0].gain_db, expected);
  });
}

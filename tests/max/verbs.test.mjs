// Every verb: what it sends, where its result lies, why it may be grey.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage, VOICE } from "./fake/stage.mjs";

test("repaint: strength, seed, variants, tags and words as the strip has them", () => {
  const request = new Stage().ask("repaint", { strength: 62.5, variants: 3, seed: " 42 ", tags: " lofi,  rhodes ", words: "[verse]\r\nla\r\n" });
  assert.deepEqual(
    [request.strength, request.variants, request.seed, request.tags, request.lyrics],
    [0.625, 4, 42, "lofi, rhodes", "[verse]\nla"],
  );
  assert.match(request.job, /^live-[0-9a-f]{24}$/);
});

test("extend: the clip under the brace, as many bars as the strip says, right behind it", () => {
  const stage = new Stage();
  const request = stage.land("extend_right", { bars: 3, variants: 0 });
  assert.deepEqual([request.request, request.right, request.left], ["extend", 288_000, undefined]);
  assert.deepEqual(stage.clips(stage.ours[0])[0].slice(1), [28, 40]);
  assert.match(stage.ours[0].get("name"), /^Extend to the right of 3 Vocals/);
});

test("extend: with several clips in the brace the last one is continued to the right, the first to the left", () => {
  const stage = new Stage();
  stage.set.addClip(stage.track, stage.audio("/Users/ana/b.wav", 4), 32);
  stage.brace(10, 36);
  assert.deepEqual(stage.ask("extend_right").span, { start: 768_000, end: 960_000, rate: 48_000 });
  assert.deepEqual(stage.ask("extend_left").span, { start: 192_000, end: 672_000, rate: 48_000 });
});

test("generate: a range without a clip; the clip in view is no range for it", () => {
  const stage = new Stage({ clip: null });
  const request = stage.land("generate", { source: 0, variants: 0 });
  assert.deepEqual([request.source, request.span.start], [undefined, 288_000]);
  assert.match(stage.refusal("generate", { source: 1 }), /^Generate fills an empty range/);
});

test("layer: hears every audio track that sounds, with its own clips; muted ones, those that a solo mutes, MIDI and groups not", () => {
  const stage = new Stage();
  const drums = stage.set.addTrack({ name: "Drums" });
  stage.set.addClip(drums, stage.audio("/Users/ana/drums.wav", 30), 0);
  const muted = stage.set.addTrack({ name: "Old", muted: 1 });
  stage.set.addClip(muted, stage.audio("/Users/ana/old.wav", 30), 0);
  const silenced = stage.set.addTrack({ name: "Not soloed" });
  silenced.put("muted_via_solo", 1);
  stage.set.addClip(silenced, stage.audio("/Users/ana/silenced.wav", 30), 0);
  stage.set.addTrack({ name: "Keys", kind: "midi" });
  stage.set.addTrack({ name: "Group", kind: "group" });
  stage.set.addTrack({ name: "Empty" });
  const request = stage.land("layer", { role: 3, variants: 0 });
  assert.deepEqual(request.sources.map((source) => source.live_clips.map((clip) => clip.path)), [[VOICE], ["/Users/ana/drums.wav"]]);
  assert.equal(request.role, "bass");
});

test("layer: nothing sounds in the range; a Session clip", () => {
  const stage = new Stage({ clip: null });
  assert.match(stage.refusal("layer"), /^No audio track sounds between bar 4 and bar 5/);
  stage.set.view.put("detail_clip", stage.set.addClip(stage.track, VOICE, 0, { slot: stage.track.slots[0], loop_end: 4 }));
  assert.match(stage.refusal("layer", { source: 1 }), /^A layer listens to the Arrangement/);
});

test("edit: several versions of the words, separated by ---, become a job each with one seed", () => {
  const stage = new Stage();
  stage.press("edit", { words: "[verse]\nfirst\n---\n[verse]\nsecond\n -----\n\n---\nthird", variants: 0 });
  stage.until(() => stage.bridge.jobs.size === 3);
  const requests = [...stage.bridge.jobs.values()].map(({ message }) => message);
  assert.deepEqual(requests.map((one) => one.lyrics), ["[verse]\nfirst", "[verse]\nsecond", "third"]);
  assert.equal(new Set(requests.map((one) => one.seed)).size, 1);
  assert.ok(Number.isSafeInteger(requests[0].seed));
  assert.deepEqual(requests.map((one) => one.mode), ["only_lyrics", "only_lyrics", "only_lyrics"]);
  assert.match(stage.max.ui.message, /^3 versions are made, with one seed/);
  for (const request of requests) stage.done(request);
  stage.until(() => stage.ours.length === 3);
});

test("chords: a line of their own among the words, not sung, the same for every version", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { words: "Chords: Am F | C G7 \n[verse]\nla la" });
  assert.equal(request.music.chords, "Am F | C G7");
  assert.equal(request.lyrics, "[verse]\nla la");
  assert.equal(stage.ask("generate", { words: "chords: Am" }).lyrics, "");
  assert.equal(stage.ask("repaint", { words: "No chords: la" }).music.chords, undefined);
  stage.press("edit", { words: "eins\n---\nzwei\nChords: Dm" });
  stage.until(() => stage.bridge.jobs.size === 5);
  const [one, other] = [...stage.bridge.jobs.values()].slice(-2).map(({ message }) => message);
  assert.deepEqual([one.lyrics, other.lyrics, one.music.chords, other.music.chords], ["eins", "zwei", "Dm", "Dm"]);
  assert.match(stage.refusal("repaint", { words: `Chords: ${"Am ".repeat(700)}` }), /^The chords have 2099 characters/);
});

test("edit: no words", () => {
  assert.match(new Stage().refusal("edit", { words: " \n---\n" }), /^Type the new words first/);
});

test("words with emoji and from right to left arrive letter by letter", () => {
  const words = "[verse]\nשלום עולם 🎵\nمرحبا\n夜明け";
  const stage = new Stage();
  assert.equal(stage.ask("edit", { words }).lyrics, words);
  assert.equal(stage.ask("generate", { words, source: 0 }).lyrics, words);
});

test("words from the text file: it is made, opened, and read at Send", () => {
  const stage = new Stage();
  stage.max.message("words_from", 1);
  stage.max.message("words_open");
  const [[target, word, address]] = stage.max.launched;
  assert.deepEqual([target, word], ["max", "launchbrowser"]);
  const path = decodeURI(address.replace("file://", ""));
  assert.equal(stage.disk.text(path), "[verse]\n");
  stage.disk.put(path, "\ufeff[verse]\r\nÜber den Dächern 🎵\r\n");
  assert.equal(stage.ask("repaint", { words: "not these" }).lyrics, "[verse]\nÜber den Dächern 🎵");
  stage.max.message("words_open");
  assert.match(stage.disk.text(path), /Dächern/);
  stage.disk.files.delete(path);
  assert.match(stage.refusal("repaint"), /^The text file with the words could not be read/);
});

test("words and tags that are too long are refused before they are sent", () => {
  const stage = new Stage();
  assert.equal(stage.refusal("repaint", { tags: "x".repeat(2_001) }), "The style has 2001 characters; at most 2000 are read.");
  assert.match(stage.refusal("repaint", { words: "🎵".repeat(40_001) }), /^The words have 40001 characters/);
  assert.equal(stage.ask("repaint", { words: "🎵".repeat(40_000) }).lyrics.length, 80_000);
});

test("retake and again: of the result in Clip View, at the place where it lies now", () => {
  const stage = new Stage();
  const first = stage.land("repaint", { variants: 1 });
  const clip = stage.ours[0].clips[0];
  clip.put("start_time", 20);
  stage.set.view.put("detail_clip", clip);
  const retake = stage.ask("retake", { strength: 30, variants: 0 });
  assert.deepEqual([retake.take, retake.variance, retake.span], [stage.takes(first)[0].path, 0.3, undefined]);
  stage.bridge.tell(retake.job, { event: "done", takes: stage.takes({ ...retake, span: first.span }, 1) });
  stage.until(() => stage.ours.length === 2 && /^Done/.test(stage.max.ui.message));
  assert.deepEqual(stage.clips(stage.ours.find((track) => track.get("name").includes(retake.job.slice(-6))))[0].slice(1), [20, 24]);
  const again = stage.ask("again", { variants: 3, seed: "5" });
  assert.deepEqual(Object.keys(again).sort(), ["job", "project", "request", "take"]);
});

test("retake without a result in Clip View: the newest one; without any: said", () => {
  const stage = new Stage();
  assert.match(stage.refusal("retake"), /^Click a result of Dawbridge first/);
  const first = stage.land("repaint", { variants: 0 });
  const retake = stage.ask("retake");
  assert.equal(retake.take, stage.takes(first)[0].path);
  stage.bridge.tell(retake.job, { event: "done", takes: stage.takes({ ...retake, span: first.span }, 1) });
  stage.until(() => stage.ours.length === 2 && /^Done/.test(stage.max.ui.message));
  assert.deepEqual(stage.ours.map((track) => stage.clips(track)[0].slice(1)), [[12, 16], [12, 16]]);
});

test("a verb that no backend serves makes Send grey, with the reason; one that can be had lights it again", () => {
  const stage = new Stage();
  const hint = "Fetch the weights: `dawbridge models pull`.";
  stage.bridge.welcome = {
    backends: [{ backend: "sketch", tasks: ["repaint", "generate"] }],
    absent: [{ backend: "ace-step-v1", tasks: ["edit"], problem: { code: "no_weights", message: "No weights.", hint } }],
  };
  stage.advance(16_000);
  stage.max.message("operation", 6);
  assert.deepEqual([stage.max.ui["send.active"], stage.max.ui.message], [0, hint]);
  stage.max.message("operation", 5);
  assert.deepEqual([stage.max.ui["send.active"], stage.max.ui.message], [0, "No backend that is installed can do this."]);
  stage.press("layer");
  stage.advance(2_000);
  assert.equal(stage.bridge.jobs.size, 0);
  stage.max.message("operation", 3);
  assert.equal(stage.max.ui["send.active"], 1);
});

test("progress is shown in words and as a number, cancel is lit only while something runs", () => {
  const stage = new Stage();
  assert.equal(stage.max.ui["cancel.active"], 0);
  const request = stage.ask("repaint", { variants: 0 });
  stage.until(() => stage.max.ui["cancel.active"] === 1);
  stage.bridge.progress(request.job, 0.4567, "rendering 2 of 3");
  stage.until(() => stage.max.ui.progress === 46);
  assert.equal(stage.max.ui.status, "At work: rendering 2 of 3");
  stage.done(request);
  stage.until(() => stage.max.ui.progress === 0 && stage.max.ui["cancel.active"] === 0);
});

/** Sixty tracks of ten warped clips each. */
function orchestra(markers) {
  const stage = new Stage({ max: { cost: 0 }, clip: null });
  const map = Array.from({ length: markers }, (_, index) => ({ sample_time: index * 0.0501234, beat_time: index / 10.33 }));
  for (let index = 0; index < 60; index += 1) {
    const track = stage.set.addTrack({ name: `Track ${index}` });
    for (let count = 0; count < 10; count += 1) {
      stage.set.addClip(track, stage.audio(`/Users/ana/${index}-${count}.wav`, 4), count * 8, { warping: 1, markers: map });
    }
  }
  stage.brace(8, 72);
  return stage;
}

test("a layer over six hundred clips: a letter of half a megabyte, told of when it is complete, and not kept in the set", () => {
  const stage = orchestra(16);
  const request = stage.ask("layer", { variants: 0 });
  assert.equal(request.sources.length, 60);
  assert.equal(request.sources.flatMap((source) => source.live_clips).length, 600);
  assert.ok(JSON.stringify(request).length > 400_000);
  assert.ok(stage.max.symbols.every((symbol) => symbol.length < 5_000));
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
});

test("more clips than a letter can hold are refused", () => {
  assert.match(orchestra(200).refusal("layer"), /^The range holds more clips than one request can tell of/);
});

test("a long request that was never answered goes out again after Live was started anew; without its file it is said", () => {
  const stage = new Stage();
  stage.wire.lose = (direction, address) => direction === "out" && address.endsWith("/file");
  stage.press("repaint", { words: "la ".repeat(3_000), variants: 0 });
  stage.advance(2_000);
  const { symbol } = stage.max;
  stage.max.end(true);
  stage.shared = {};
  stage.wire.lose = () => false;
  stage.device().start(symbol);
  stage.until(() => stage.bridge.jobs.size === 1);
  assert.equal(stage.bridge.last.lyrics.length, 8_999);
  stage.max.end(true);
  stage.shared = {};
  for (const path of [...stage.disk.files.keys()]) if (path.includes("/outbox/")) stage.disk.files.delete(path);
  stage.device().start(symbol);
  stage.until(() => /^A request of an earlier time was never answered/.test(stage.max.ui.message));
});

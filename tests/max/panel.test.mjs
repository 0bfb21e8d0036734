// Remarks, drafts, references; a range that is opened in the panel, and takes that were asked for there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SONG, Stage, VOICE } from "./fake/stage.mjs";

const ABLE = { backend: "ace-step-1.5", tasks: ["repaint", "generate", "again", "retake"], settings: ["draft", "reference", "timbre"] };

/** A stage whose bridge has those backends. */
function knowing(...backends) {
  const stage = new Stage({ loaded: false });
  stage.bridge.welcome = { backends, default_backend: backends[0].backend };
  stage.device().start();
  stage.advance(2_000);
  return stage;
}

/** A take that somebody else has asked for, at second 3, with the request beside it. */
function guest(stage, { number = 1, job = "repaint-of-the-panel", project = SONG.replace(/\/[^/]*$/, ""), ...more } = {}) {
  const folder = `${project}/Dawbridge/${job}`;
  const path = stage.audio(`${folder}/take-${number}.wav`, 2);
  stage.disk.put(`${folder}/request.json`, JSON.stringify({ request: "repaint", job, project, tags: "lofi", ...more }));
  const span = { start: 144_000, end: 240_000, rate: 48_000 };
  const parts = [{ path, samples: 96_000, span, timeline: 144_000 }];
  return { job, number, path, seed: 1, sample_rate: 48_000, samples: 96_000, channels: 2, span, backend: "sketch", parts };
}

const place = (stage, take) => stage.bridge.tell(take.job, { event: "place", take });

test("remarks of the engine stand behind the sentence, also of a variant that is picked, and on the page", () => {
  const stage = new Stage();
  const request = stage.ask("repaint", { variants: 1 });
  const takes = stage.takes(request).map((take) => ({ ...take, notes: [`key heard: ${take.number === 1 ? "D" : "G"} major`] }));
  stage.bridge.tell(request.job, { event: "done", takes, seconds: 1 });
  stage.until(() => /^Done: .* Remarks: key heard: D major$/.test(stage.max.ui.message));
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays. Remarks: key heard: G major");
  stage.max.message("page");
  const page = stage.disk.text(stage.max.launched.at(-1)[2].replace("file://", "").replace(/%20/g, " "));
  assert.match(page, /key heard: D major/);
});

test("drafts: grey where the engine has none, and then not asked for", () => {
  const stage = knowing({ ...ABLE, settings: [] });
  assert.deepEqual([stage.max.ui["draft.active"], stage.max.ui["reference.active"]], [0, 0]);
  assert.equal(stage.ask("repaint", { draft: 1 }).draft, undefined);
});

test("drafts: called so, and finished by Again; with Draft still on it is made again as a draft", () => {
  const stage = knowing(ABLE);
  assert.equal(stage.max.ui["draft.active"], 1);
  assert.equal(stage.land("repaint", { draft: 1, variants: 0 }).draft, true);
  assert.match(stage.ours[0].clips[0].get("name"), /^Repaint 1 · lofi · \w+ \(draft\)$/);
  stage.set.view.put("detail_clip", stage.ours[0].clips[0]);
  assert.equal(stage.ask("again", { draft: 1 }).refine, undefined);
  const request = stage.ask("again", { draft: 0 });
  assert.equal(request.refine, true);
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
  assert.ok(stage.ours.some((track) => track.clips.some((clip) => /^Make again 1 · \w+$/.test(clip.get("name")))));
});

test("drafts: what is no draft is not finished", () => {
  const stage = knowing(ABLE);
  stage.land("repaint", { variants: 0 });
  stage.set.view.put("detail_clip", stage.ours[0].clips[0]);
  assert.equal(stage.ask("again").refine, undefined);
});

test("reference: the clip in view is followed, or only sounded like; without one it is said", () => {
  const stage = knowing(ABLE);
  stage.set.view.put("detail_clip", stage.clip);
  const follow = stage.ask("generate", { source: 0, reference: 1 });
  assert.deepEqual([follow.reference, follow.reference_use], [{ path: VOICE }, undefined]);
  const timbre = stage.ask("generate", { source: 0, reference: 2 });
  assert.deepEqual([timbre.reference, timbre.reference_use], [{ path: VOICE }, "timbre"]);
  stage.set.view.put("detail_clip", null);
  assert.match(stage.refusal("generate", { reference: 2 }), /^Show the audio clip that is to be followed/);
  assert.equal(stage.ask("repaint", { reference: 2 }).reference, undefined);
});

test("reference: an engine that cannot take only the sound", () => {
  const stage = knowing({ ...ABLE, settings: ["reference"] });
  assert.match(stage.refusal("generate", { reference: 2 }), /^The engine cannot take only the sound/);
});

test("the panel: the range goes there, and its link is opened in the browser", () => {
  const stage = new Stage();
  stage.max.message("words", "[verse]\nla");
  stage.max.message("open_panel");
  stage.until(() => stage.max.launched.length > 0);
  assert.deepEqual(stage.max.launched, [["max", "launchbrowser", "http://127.0.0.1:40123/enter?token=aB3-_x"]]);
  const { message } = stage.bridge.heard.find((one) => one.message.request === "panel");
  assert.deepEqual(message.span, { start: 288_000, end: 384_000, rate: 48_000 });
  assert.deepEqual(message.source.live_clips.map((clip) => clip.path), [VOICE]);
  assert.deepEqual([message.lyrics, message.project, message.music.bpm], ["[verse]\nla", "/Users/ana/Music/Song Project", 120]);
  stage.advance(20_000);
  assert.equal(stage.max.launched.length, 1, "it is asked for once");
});

test("the panel: an empty range goes without sound; without a range its front page opens", () => {
  const stage = new Stage({ clip: null });
  stage.max.message("open_panel");
  stage.until(() => stage.max.launched.length === 1);
  stage.max.message("source", 2);
  stage.max.message("open_panel");
  stage.until(() => stage.max.launched.length === 2);
  const [empty, front] = stage.bridge.heard.map((one) => one.message).filter((message) => message.request === "panel");
  assert.deepEqual([empty.source, empty.span.start], [undefined, 288_000]);
  assert.deepEqual(Object.keys(front).sort(), ["id", "request"]);
});

test("the panel: what is no page is not opened", () => {
  for (const link of ["file:///etc/passwd", "http://127.0.0.1:1/`x`", "javascript:1", ""]) {
    const stage = new Stage();
    stage.bridge.link = link;
    stage.max.message("open_panel");
    stage.until(() => /^The panel could not be opened/.test(stage.max.ui.message));
    assert.deepEqual(stage.max.launched, []);
  }
});

test("a take of the panel lies at its place on a track of its own, once; a second one beside it", () => {
  const stage = new Stage();
  place(stage, guest(stage));
  stage.until(() => /^Done/.test(stage.max.ui.message));
  assert.deepEqual(stage.ours.map((track) => track.get("name").replace(/ · .*/, "")), ["Repaint from the panel"]);
  assert.deepEqual(stage.clips(stage.ours[0]).map(([name, ...where]) => [name.replace(/ · \w+$/, ""), ...where]), [["Repaint 1 · lofi", 6, 10]]);
  place(stage, guest(stage));
  stage.advance(3_000);
  assert.equal(stage.ours.length, 1);
  place(stage, guest(stage, { number: 2 }));
  stage.until(() => stage.ours.length === 2);
  assert.deepEqual([stage.faults, stage.set.damage ?? 0], [[], 0]);
});

test("a take of the panel waits while Live records, and is told of where it belongs to another set", () => {
  const stage = new Stage();
  stage.set.song.put("record_mode", 1);
  place(stage, guest(stage));
  stage.until(() => /^Finished; it is laid in when the recording stops/.test(stage.max.ui.message));
  stage.set.song.put("record_mode", 0);
  stage.until(() => stage.ours.length === 1);
  const other = guest(stage, { job: "repaint-of-another", project: "/Users/ana/Music/Other Project" });
  place(stage, other);
  stage.until(() => stage.max.ui.message.endsWith(`is not open: /Users/ana/Music/Other Project. Its file: ${other.path}`));
  assert.equal(stage.ours.length, 1);
});

test("a draft of the panel is called one; without its request the take says where it belongs", () => {
  const stage = new Stage();
  place(stage, guest(stage, { draft: true }));
  stage.until(() => stage.ours.length === 1 && stage.ours[0].clips.length === 1);
  stage.until(() => /\(draft\)$/.test(stage.ours[0].clips[0].get("name")));
  const bare = guest(stage, { job: "somebody-elses-job" });
  stage.disk.files.delete(bare.path.replace(/take-1\.wav$/, "request.json"));
  place(stage, bare);
  stage.until(() => stage.ours.some((track) => /^Generate from the panel/.test(track.get("name"))));
});

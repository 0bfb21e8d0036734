// Tricky cases 9, 10 and 12: tracks of every kind, sets and their paths.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEVICE, SONG, Stage, VOICE } from "./fake/stage.mjs";

for (const [kind, sentence] of [["midi", "“Keys” is a MIDI track. Bounce it to audio first, or select an audio track."], ["group", "“Keys” is a group. Select one audio track in it."]]) {
  test(`9. a ${kind} track is refused`, () => {
    const stage = new Stage();
    stage.set.view.put("selected_track", stage.set.addTrack({ name: "Keys", kind }));
    assert.equal(stage.refusal("repaint"), sentence);
  });
}

test("9. a return and the main track are refused", () => {
  const stage = new Stage();
  stage.set.view.put("selected_track", stage.set.returns[0]);
  assert.match(stage.refusal("repaint"), /^“A-Reverb” is a return or the main track/);
  stage.set.view.put("selected_track", stage.set.master);
  assert.match(stage.refusal("repaint"), /^“Main” is a return or the main track/);
});

test("9. a MIDI track will do to generate: the result comes beside it", () => {
  const stage = new Stage();
  const keys = stage.set.addTrack({ name: "Keys", kind: "midi" });
  stage.set.addTrack({ name: "Last" });
  stage.set.view.put("selected_track", keys);
  stage.land("generate", { source: 0, variants: 0 });
  assert.deepEqual(stage.set.tracks.map((track) => track.get("name").split(" · ")[0]), ["3 Vocals", "Keys", "Generate of Keys", "Last"]);
});

for (const [what, props] of [["frozen", { is_frozen: 1 }], ["muted", { mute: 1 }], ["folded", { fold_state: 1 }], ["soloed elsewhere", { muted_via_solo: 1 }], ["armed", { arm: 1 }]]) {
  test(`9. a ${what} track is worked on like any other`, () => {
    const stage = new Stage();
    Object.assign(stage.track.props, props);
    stage.land("repaint");
    assert.deepEqual(stage.clips(stage.track), [["", 8, 28]]);
  });
}

test("9. while Live records, nothing is asked and nothing is laid in; then it is", () => {
  const stage = new Stage();
  stage.set.song.put("record_mode", 1);
  assert.equal(stage.refusal("repaint"), "Live is recording. Stop recording first.");
  stage.set.song.put("record_mode", 0);
  const request = stage.ask("repaint");
  stage.set.song.put("record_mode", 1);
  stage.done(request);
  stage.until(() => stage.max.ui.message === "Finished; it is laid in when the recording stops.");
  stage.advance(5_000);
  assert.equal(stage.ours.length, 0);
  stage.set.song.put("record_mode", 0);
  stage.until(() => stage.ours.length === 1 && /^Done/.test(stage.max.ui.message));
});

test("9. a clip that is being recorded is refused", () => {
  const stage = new Stage({ clip: { recording: 1 } });
  assert.equal(stage.refusal("repaint"), "Live is recording. Stop recording first.");
});

test("10. an unsaved set: no project, said once", () => {
  const stage = new Stage({ live: { path: "" } });
  const request = stage.ask("repaint");
  assert.equal(request.project, undefined);
  assert.match(stage.max.ui.message, /^The set is not saved/);
  stage.ask("repaint");
  assert.equal(stage.max.ui.message, "");
});

test("10. a set that was saved, then renamed while the job ran", () => {
  const stage = new Stage();
  const request = stage.ask("repaint");
  assert.equal(request.project, "/Users/ana/Music/Song Project");
  stage.set.song.props.file_path = "/Users/ana/Music/Song Project/Song 2.als";
  stage.done(request);
  stage.until(() => /^Done/.test(stage.max.ui.message));
});

test("10. a set on another volume", () => {
  const stage = new Stage({ live: { path: "/Volumes/Band Disk/Höhle/Set.als" } });
  assert.equal(stage.ask("repaint").project, "/Volumes/Band Disk/Höhle");
});

test("10. a sample that is missing on the disk is refused, with its path", () => {
  const stage = new Stage();
  stage.disk.files.delete(VOICE);
  assert.equal(stage.refusal("repaint"), `The file of a clip is not there: ${VOICE}. Connect its drive, or find it in Live's File Manager.`);
});

const PATHS = [
  "/Users/ana/Musik/Ärger & Söhne/“Take, zwei; drei”.wav", "/Users/ana/Musik/A\u0308rger/nfd.wav",
  "/Volumes/Band Disk/take.wav", `/Users/ana/${"lang ".repeat(60)}/take.wav`, "/Users/ana/夜明け 🎵/歌.wav", "/Users/ana/it's \"it\".wav",
];

for (const path of PATHS) {
  test(`12. a path travels as it is: ${path.slice(0, 40)}`, () => {
    const stage = new Stage({ clip: null });
    stage.set.addClip(stage.track, stage.audio(path, 10), 8);
    const request = stage.land("repaint");
    assert.equal(request.source.live_clips[0].path, path);
    for (const { atoms } of stage.wire.sent.filter(({ atoms: [address] }) => address.endsWith("repaint"))) assert.match(atoms[3], /^[\x20-\x7e]*$/);
    assert.deepEqual(stage.faults, []);
  });
}

for (const [song, project] of [
  ["C:\\Musik\\Lied Project\\Lied.als", "C:\\Musik\\Lied Project"], ["\\\\nas\\songs\\Lied.als", "\\\\nas\\songs"],
]) {
  test(`12. a path of Windows: ${song}`, () => {
    const stage = new Stage({ live: { path: song }, clip: null });
    const sample = "C:\\Musik\\Größe, eins.wav";
    stage.files.set(sample, { seconds: 10, rate: 48_000 });
    stage.disk.put("C:/Musik/Größe, eins.wav", "RIFF");
    stage.set.addClip(stage.track, sample, 8);
    const request = stage.ask("repaint");
    assert.deepEqual([request.project, request.source.live_clips[0].path], [project, sample]);
  });
}

for (const [what, devicePath, home] of [
  ["the drive that the Mac started from", DEVICE, "/Users/ana/Music/Ableton/User Library/Presets/Audio Effects/Max Audio Effect"],
  ["another drive", "Band Disk:/Library/Dawbridge.amxd", "/Volumes/Band Disk/Library"],
  ["Windows", "C:/Users/ana/Documents/Ableton/User Library/Dawbridge.amxd", "C:/Users/ana/Documents/Ableton/User Library"],
  ["a share", "//nas/library/Dawbridge.amxd", "//nas/library"],
]) {
  test(`12. the device lies on ${what}: dawbridge-home.json is found beside it`, () => {
    const stage = new Stage({ loaded: false });
    stage.disk.files.clear();
    stage.bridge.home = "/data/dawbridge";
    stage.disk.put(`${home}/dawbridge-home.json`, JSON.stringify({ home: "/data/dawbridge" }));
    stage.bridge.write();
    stage.device({ devicePath }).start();
    stage.until(() => stage.max.ui.status === "Engine ready");
  });
}

test("12. a device without dawbridge-home.json beside it guesses the usual folder of its user", () => {
  const stage = new Stage({ loaded: false });
  for (const path of [...stage.disk.files.keys()]) if (path.endsWith("dawbridge-home.json")) stage.disk.files.delete(path);
  stage.device().start();
  stage.until(() => stage.max.ui.status === "Engine ready");
  const windows = new Stage({ loaded: false });
  windows.disk.files.clear();
  windows.bridge.home = "C:/Users/ana/AppData/Local/dawbridge";
  windows.bridge.write();
  windows.device({ devicePath: "C:/Users/ana/Desktop/Dawbridge.amxd" }).start();
  windows.until(() => windows.max.ui.status === "Engine ready");
});

test("12. nobody says where Dawbridge's folder is", () => {
  const stage = new Stage({ loaded: false, live: { path: "" } });
  stage.disk.files.clear();
  stage.device({ devicePath: "/somewhere/Dawbridge.amxd" }).start();
  stage.until(() => /^Dawbridge's folder is not known here\. Run `dawbridge install ableton`/.test(stage.max.ui.status));
});

test("12. LiveAPI splits a path at its space: [live.object] lays the file instead", () => {
  const stage = new Stage({ live: { splitsPaths: true } });
  assert.match(SONG, / /);
  stage.land("repaint", { variants: 1 });
  assert.equal(stage.clips(stage.ours[0]).length, 1);
  assert.deepEqual(stage.ours[0].lanes.map((lane) => lane.clips.length), [1, 1]);
});

// `node evening.mjs HOME FOLDER`: the device in a fake Live, in real time, over real UDP, against the bridge of HOME.
//
// Standard input is a JSON list of steps, one after the other:
//   {"clip": {path, start, …}}          a clip on the track “3 Vocals”
//   {"brace": [from, to]}               beats
//   {"press": verb, "fields": {…}}      Send, as the strip does it
//   {"tempo": bpm}
//   {"await": text}                     until the strip's last line begins so
//   {"lose": true}                      the first datagram of each address is lost, both ways
//   {"message": name, "values": […]}    anything else of the strip
//   {"opened": count}                   until so many pages were opened
//   {"clips": name}                     until a clip lies on a track whose name begins so
// Standard output: {message, launched, tracks: [{name, clips: [[file, start, end]], notes: [[…]], lanes: […]}], requests, timings, placed, work,
// faults}; timings: ms from Send to `accepted`; placed: ms from `done` to a clip in the set; work: ms of the processor in
// each turn, which other programs on the machine do not lengthen.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { RealDisk } from "./fake/disk.mjs";
import { Max } from "./fake/max.mjs";
import { FakeSet } from "./fake/model.mjs";
import { RealClock, soundFile, UdpWire } from "./fake/real.mjs";

const OPERATIONS = ["repaint", "extend_left", "extend_right", "generate", "retake", "layer", "edit", "again"];
// For machines that do many things at once; a step that comes true is not waited for any longer.
const PATIENCE_MS = 120_000;

const [home, folder] = process.argv.slice(2);
const steps = JSON.parse(readFileSync(0, "utf8"));
const clock = new RealClock();
const printed = [];
const set = new FakeSet({ path: `${folder}/Song.als`, tempo: 120, clock, files: soundFile, print: (line) => printed.push(line) });
set.console = printed;
const track = set.addTrack({ name: "3 Vocals" });
set.view.props.selected_track = track;
mkdirSync(`${folder}/Device`, { recursive: true });
writeFileSync(`${folder}/Device/dawbridge-home.json`, JSON.stringify({ home }));
const wire = new UdpWire();
const max = new Max({ set, clock, disk: new RealDisk(), wire, devicePath: `${folder}/Device/Dawbridge.amxd`, cost: 0, engine: process.env.ENGINE ?? "v8" });
const requests = [];
const timings = [];
const placed = [];
let pressed = 0;
let finished = 0;

const send = wire.send.bind(wire);
wire.send = (device, atoms) => {
  if (atoms[0] === "/dawbridge/1/file") requests.push(JSON.parse(readFileSync(atoms[3], "utf8")));
  else if (OPERATIONS.concat("extend", "cancel", "choose").some((word) => atoms[0] === `/dawbridge/1/${word}`)) {
    requests.push({ request: atoms[0].split("/").at(-1), ...JSON.parse(atoms[3]) });
  }
  send(device, atoms);
};
const message = max.message.bind(max);
max.message = (name, ...atoms) => {
  if (name === "osc" && atoms[0] === "/dawbridge/1/accepted" && pressed) {
    timings.push(performance.now() - pressed);
    pressed = 0;
  }
  if (name === "osc" && /\/(done|file)$/.test(atoms[0])) finished = performance.now();
  message(name, ...atoms);
};
const importInto = set.importInto.bind(set);
set.importInto = (...where) => {
  const clip = importInto(...where);
  if (clip && finished) placed.push(performance.now() - finished);
  finished = 0;
  return clip;
};

async function until(isSo, what) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`never: ${what}; the strip says “${max.ui.status}” and “${max.ui.message}”`);
    await new Promise((done) => { setTimeout(done, 2); });
  }
}

const doing = {
  clip: ({ path, start, ...how }) => void set.addClip(track, path, start, how),
  brace: ([from, to]) => {
    set.song.put("loop_start", from);
    set.song.put("loop_length", to - from);
  },
  tempo: (bpm) => set.song.put("tempo", bpm),
  lose: () => {
    const seen = new Set();
    wire.lose = (direction, address) => {
      const isFirst = !seen.has(direction + address) && !address.endsWith("/progress");
      seen.add(direction + address);
      return isFirst;
    };
  },
  press: async (verb, { fields = {} }) => {
    await until(() => max.ui["send.active"] === 1, "Send is lit");
    const { tags = "rock", words = "", seed = "7", ...rest } = fields;
    max.message("operation", OPERATIONS.indexOf(verb));
    for (const [name, value] of Object.entries({ variants: 0, ...rest })) max.message(name, value);
    for (const [name, value] of Object.entries({ tags, words, seed })) max.message(name, value);
    pressed = performance.now();
    max.message("send");
  },
  await: (text) => until(() => (max.ui.message ?? "").startsWith(text), `“${text}”`),
  clips: (name) => until(() => set.tracks.some((one) => one.get("name").startsWith(name) && one.clips.length > 0), `clips on ${name}`),
  opened: (count) => until(() => max.launched.length >= count, `${count} pages opened`),
  accepted: (count) => until(() => timings.length >= count, `${count} jobs accepted`),
  message: (name, { values = [] }) => max.message(name, ...values),
};

max.start();
await until(() => /^Engine/.test(max.ui.status ?? ""), "the bridge answers");
for (const step of steps) {
  const [name] = Object.keys(step).filter((key) => key in doing);
  await doing[name](step[name], step);
}

const clips = (owner) => owner.clips.map((clip) => [clip.get("file_path"), clip.get("start_time"), set.endOf(clip)]);
const notes = (owner) => owner.clips.map((clip) => clip.notes ?? []);
const tracks = set.tracks.map((one) => ({ name: one.get("name"), clips: clips(one), notes: notes(one), lanes: one.lanes.map(clips) }));
const faults = [...max.errors.map((error) => error.stack), ...printed.filter((line) => /fault/.test(line))];
max.end();
wire.close();
const told = { message: max.ui.message, launched: max.launched, tracks, requests, timings, placed, work: max.work, sizes: wire.sizes, faults, damage: set.damage ?? 0 };
process.stdout.write(JSON.stringify(told), () => process.exit(0));

// `node slices.mjs`: the longest time that the fake Live stands still, over all verbs in a set of 240 clips, as JSON:
// ms of one call into Live → ms. Calls that make something take 2 ms more.
import { Stage } from "./fake/stage.mjs";

function longest(cost) {
  const stage = new Stage({ max: { cost, heavyCalls: 2 }, clip: null });
  for (let index = 0; index < 12; index += 1) {
    const track = stage.set.addTrack({ name: `Track ${index}` });
    for (let count = 0; count < 20; count += 1) {
      stage.set.addClip(track, stage.audio(`/Users/ana/${index}-${count}.wav`, 4), count * 8, { warping: 1 });
    }
  }
  stage.set.view.put("selected_track", stage.set.tracks[3]);
  for (const verb of ["repaint", "extend_left", "extend_right", "generate", "layer"]) stage.land(verb, { variants: 3, source: 0 });
  stage.max.message("pick", 1);
  stage.until(() => stage.max.ui.message === "Variant 2 plays.");
  stage.max.message("discard");
  stage.until(() => /^Taken back/.test(stage.max.ui.message));
  return stage.max.longest;
}

process.stdout.write(JSON.stringify(Object.fromEntries([0.1, 0.5, 1].map((cost) => [cost, longest(cost)]))));

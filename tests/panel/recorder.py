"""Listens in on the panel: whatever a page sends to the loudspeakers is kept, sample by sample."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from tests.panel.browser import Tab

ADDRESS = "/js/recorder.test.js"

WORKLET = """
class Recorder extends AudioWorkletProcessor {
  process([input]) {
    const [left, right] = input.length ? input : [new Float32Array(128), new Float32Array(128)];
    this.port.postMessage({ frame: currentFrame, left: left.slice(), right: (right ?? left).slice() });
    return true;
  }
}
registerProcessor("test-recorder", Recorder);
"""

# Whatever is connected to the loudspeakers goes to a recorder too. The page itself knows nothing of it.
TAP = """
window.recorded = [];
const addModule = AudioWorklet.prototype.addModule;
AudioWorklet.prototype.addModule = async function (url) {
  await addModule.call(this, "%s");
  return addModule.call(this, url);
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode && this.context instanceof AudioContext) {
    const recorder = new AudioWorkletNode(this.context, "test-recorder", { numberOfOutputs: 0 });
    recorder.port.onmessage = ({ data }) => window.recorded.push(data);
    connect.call(this, recorder);
  }
  return connect.call(this, to, ...more);
};
"""

# Base64 by pieces, since the arguments of one call are limited.
FETCH = """
() => {
  const blocks = window.recorded.sort((a, b) => a.frame - b.frame);
  const bytes = new Uint8Array(new Float32Array(blocks.flatMap(b => [...b.left, ...b.right])).buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return { sound: btoa(text), frames: blocks.map(b => b.frame) };
}
"""


def listen_in(tab: Tab) -> None:
    """From the next page that is loaded in this tab."""
    tab.page.route(
        f"**{ADDRESS}", lambda route: route.fulfill(body=WORKLET, headers={"content-type": "text/javascript"})
    )
    tab.page.add_init_script(TAP % ADDRESS)


def recorded(tab: Tab) -> NDArray[np.float32]:
    """(2, T): all that was sent to the loudspeakers so far; fails if a block is missing in it."""
    kept = tab.page.evaluate(FETCH)
    frames = np.array(kept["frames"])
    assert frames.size, "nothing was sent to the loudspeakers"
    assert np.all(np.diff(frames) == 128), "the recorder itself has missed a block"
    blocks = np.frombuffer(base64.b64decode(kept["sound"]), dtype="<f4").reshape(-1, 2, 128)
    return np.concatenate(list(blocks), axis=1)

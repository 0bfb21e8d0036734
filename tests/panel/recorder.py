"""Listens in on the panel: whatever a page sends to the loudspeakers is kept, sample by sample."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from tests.panel.browser import Tab

WORKLET = """
class Recorder extends AudioWorkletProcessor {
  count = 0;
  process([input]) {
    const [left, right] = input.length ? input : [new Float32Array(128), new Float32Array(128)];
    this.port.postMessage({ count: this.count++, left: left.slice(), right: (right ?? left).slice() });
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
  const module = new Blob([`%s`], { type: "text/javascript" });
  await addModule.call(this, URL.createObjectURL(module));
  return addModule.call(this, url);
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode && this.context instanceof AudioContext) {
    const recorder = new AudioWorkletNode(this.context, "test-recorder", { numberOfOutputs: 0 });
    window.context = this.context;
    recorder.port.onmessage = ({ data }) => window.recorded.push(data);
    connect.call(this, recorder);
  }
  return connect.call(this, to, ...more);
};
"""

# Base64 by pieces, since the arguments of one call are limited.
FETCH = """
() => {
  const blocks = window.recorded;
  const bytes = new Uint8Array(new Float32Array(blocks.flatMap(b => [...b.left, ...b.right])).buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return { sound: btoa(text), counts: blocks.map(b => b.count) };
}
"""


def listen_in(tab: Tab) -> None:
    """From the next page that is loaded in this tab, which must have been opened with `with_policy=False`."""
    tab.page.add_init_script(TAP % WORKLET)


def recorded(tab: Tab) -> NDArray[np.float32]:
    """(2, T): all that was sent to the loudspeakers so far; fails if a block is missing in it."""
    kept = tab.page.evaluate(FETCH)
    counts = np.array(kept["counts"])
    assert counts.size, "nothing was sent to the loudspeakers"
    assert np.all(np.diff(counts) == 1), "the recorder itself has missed a block"
    blocks = np.frombuffer(base64.b64decode(kept["sound"]), dtype="<f4").reshape(-1, 2, 128)
    return np.concatenate(list(blocks), axis=1)

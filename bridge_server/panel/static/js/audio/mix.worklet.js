/** `Mix` on the audio thread. Hears what `player.js` posts; says where the head is while it moves, and when it stops. */

import { Mix } from "./mix.js";

const SAY_EVERY = 1024;

class MixProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions: { frames } }) {
    super();
    this.mix = new Mix(sampleRate, frames);
    this.unsaid = 0;
    this.alive = true;
    this.port.onmessage = ({ data }) => this.hear(data);
  }

  hear({ word, value }) {
    const { mix } = this;
    if (word === "put") mix.put(value.id, value.channels);
    else if (word === "drop") mix.drop(value);
    else if (word === "hear") mix.hear(value);
    else if (word === "run") mix.run();
    else if (word === "halt") mix.halt();
    else if (word === "seek") mix.seek(value);
    else if (word === "loop") mix.loop(value);
    else if (word === "end") this.alive = false;
    if (word === "seek" || word === "run") this.tell("at");
  }

  process(inputs, [[left, right]]) {
    const wasMoving = this.mix.isMoving;
    const word = this.mix.render(left, right);
    this.unsaid += left.length;
    if (word) this.tell(word, left.length);
    else if (wasMoving && this.unsaid >= SAY_EVERY) this.tell("at", left.length);
    return this.alive;
  }

  /** The head after the samples that were just written, and the context's time of them. */
  tell(word, ahead = 0) {
    this.unsaid = 0;
    this.port.postMessage({ word, head: this.mix.head, time: (currentFrame + ahead) / sampleRate });
  }
}

registerProcessor("dawbridge-mix", MixProcessor);

/**
 * Draws waveforms into a canvas: several pictures over one another, a marked region, lines of a grid.
 *
 *     const wave = new Waveform(canvas);
 *     wave.show({ layers: [{ peaks, colour: "--wave-context" }, { peaks, colour: "--wave-on" }], region: { from, to }, grid });
 *
 * Positions are fractions of the width, colours are names of tokens.css. It draws when told, when its size changes and when
 * the colours do; never by itself.
 */

const LOUDEST = 0.94;

export class Waveform {
  #canvas;
  #shown = { layers: [], region: null, grid: [] };
  #scale = 1;

  constructor(canvas, signal) {
    this.#canvas = canvas;
    const sizes = new ResizeObserver(() => this.draw());
    sizes.observe(canvas);
    const colours = matchMedia("(prefers-color-scheme: dark)");
    const again = () => this.draw();
    colours.addEventListener("change", again, { signal });
    window.addEventListener("themechange", again, { signal });
    signal?.addEventListener("abort", () => sizes.disconnect(), { once: true });
  }

  /** `scale` makes quiet sound larger; all lanes of a page should share one. */
  show(shown, scale = this.#scale) {
    this.#shown = { ...this.#shown, ...shown };
    this.#scale = scale;
    this.draw();
  }

  draw() {
    const canvas = this.#canvas;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    const colour = (name) => getComputedStyle(canvas).getPropertyValue(name);
    this.#region(pen, width, height, colour);
    for (const layer of this.#shown.layers) if (layer.peaks) this.#wave(pen, layer, width, height, colour(layer.colour));
  }

  #region(pen, width, height, colour) {
    const { region, grid } = this.#shown;
    if (region) {
      pen.fillStyle = colour("--region");
      pen.fillRect(region.from * width, 0, (region.to - region.from) * width, height);
    }
    for (const line of grid) {
      pen.fillStyle = colour(line.strong ? "--grid-strong" : "--grid");
      pen.fillRect(Math.round(line.at * width), 0, 1, height);
    }
    if (!region) return;
    pen.fillStyle = colour("--wave-on");
    const edges = [region.from, region.to].filter((at) => at > 0 && at < 1);
    for (const at of edges) pen.fillRect(Math.round(at * width), 0, Math.max(1, width / 1600), height);
  }

  #wave(pen, { peaks: { lows, highs } }, width, height, colour) {
    const middle = height / 2;
    pen.fillStyle = colour;
    for (let x = 0; x < width; x += 1) {
      const from = Math.floor((x / width) * lows.length);
      const to = Math.max(from + 1, Math.floor(((x + 1) / width) * lows.length));
      let low = 1;
      let high = -1;
      for (let i = from; i < to && i < lows.length; i += 1) {
        if (lows[i] < low) low = lows[i];
        if (highs[i] > high) high = highs[i];
      }
      if (high < low || (high === 0 && low === 0)) continue;
      const top = middle - Math.min(1, high * this.#scale) * middle * LOUDEST;
      const bottom = middle - Math.max(-1, low * this.#scale) * middle * LOUDEST;
      pen.fillRect(x, top, 1, Math.max(1, bottom - top));
    }
  }
}

/** The scale at which the loudest of these fills a lane, but nothing is blown up beyond `most`. */
export function commonScale(allPeaks, most = 4) {
  let loudest = 0;
  for (const peaks of allPeaks) {
    for (let i = 0; i < (peaks?.highs.length ?? 0); i += 1) loudest = Math.max(loudest, peaks.highs[i], -peaks.lows[i]);
  }
  return loudest > 0 ? Math.min(most, 1 / loudest) : 1;
}

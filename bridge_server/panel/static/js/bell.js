/** Tell whoever wants to know: `bell.on("take", fn, signal)`, `bell.ring("take", event)`. */
export class Bell {
  #ears = new Map();

  /** Hear `kind` ("*" is every kind) until `signal`, if given, is aborted. Returns a function that ends it. */
  on(kind, ear, signal) {
    if (signal?.aborted) return () => {};
    if (!this.#ears.has(kind)) this.#ears.set(kind, new Set());
    const ears = this.#ears.get(kind);
    ears.add(ear);
    const off = () => ears.delete(ear);
    signal?.addEventListener("abort", off, { once: true });
    return off;
  }

  ring(kind, what) {
    for (const ear of [...(this.#ears.get(kind) ?? []), ...(this.#ears.get("*") ?? [])]) ear(what, kind);
  }
}

// Hands the microphone's samples on in blocks of 60 ms. Runs where sound runs: it keeps one block, and decides nothing.

class Blocks extends AudioWorkletProcessor {
  #block = new Float32Array(Math.round(sampleRate * 0.06));
  #filled = 0;

  process([[samples]]) {
    for (let from = 0; samples && from < samples.length; ) {
      const part = samples.subarray(from, from + this.#block.length - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
      if (this.#filled === this.#block.length) {
        this.port.postMessage(this.#block);
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("blocks", Blocks);

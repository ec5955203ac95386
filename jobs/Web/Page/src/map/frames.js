import { refusal } from '../shared/api.js';

const headerLength = 20;
const kinds = ['rate', 'percent', 'depth'];

/** Reads the compact form of a frame, see CompactFrame.cs. */
export function decodeFrame(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0) !== 0x4e434631) throw new Error('not a frame');
  const frame = {
    kind: kinds[view.getUint8(4)], width: view.getUint16(6, true), height: view.getUint16(8, true),
    lowest: view.getFloat32(12, true), factor: view.getFloat32(16, true), codes: new Uint8Array(buffer, headerLength),
  };
  if (frame.codes.length !== frame.width * frame.height) throw new Error('half a frame');
  return frame;
}

/** The frames that were loaded, by address; the browser's cache keeps what is dropped here. */
export class FrameLoader {
  #frames = new Map();
  #atOnce = 4;

  get(url) {
    const frame = this.#frames.get(url);
    return frame instanceof Promise ? undefined : frame;
  }

  async load(url) {
    if (!this.#frames.has(url)) this.#frames.set(url, this.#fetch(url));
    return this.#frames.get(url);
  }

  /** Loads all, the first ones first, and tells after each; stops quietly when the signal says so. */
  async loadAll(urls, signal, onEach) {
    const waiting = [...urls];
    const worker = async () => {
      while (waiting.length > 0 && !signal.aborted) {
        await this.load(waiting.shift());
        if (!signal.aborted) onEach();
      }
    };
    await Promise.all(Array.from({ length: this.#atOnce }, worker));
  }

  keepOnly(urls) {
    const wanted = new Set(urls);
    for (const url of this.#frames.keys()) if (!wanted.has(url)) this.#frames.delete(url);
  }

  async #fetch(url) {
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw await refusal(answer);
      const frame = decodeFrame(await answer.arrayBuffer());
      this.#frames.set(url, frame);
      return frame;
    } catch (error) {
      this.#frames.delete(url);
      throw error;
    }
  }
}

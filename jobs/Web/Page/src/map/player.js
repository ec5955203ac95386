const stepMilliseconds = 220;
const restMilliseconds = 900;

/** Plays the frames round and round, with a rest at the end, at the beat of the screen. */
export class Player {
  #onStep;
  #count;
  #next = 0;

  /** @param count gives how many frames there are  @param onStep is told to go one further, or back to 0 */
  constructor(count, onStep) {
    this.#count = count;
    this.#onStep = onStep;
    this.playing = false;
  }

  toggle(playing = !this.playing) {
    if (playing === this.playing) return;
    this.playing = playing;
    this.#next = performance.now() + stepMilliseconds;
    if (playing) requestAnimationFrame((now) => this.#beat(now));
  }

  #beat(now) {
    if (!this.playing) return;
    if (now >= this.#next) {
      const index = this.#onStep();
      // From when it was due: a late beat does not slow the rain down. After a long sleep it starts afresh.
      const pause = index === this.#count() - 1 ? restMilliseconds : stepMilliseconds;
      this.#next = Math.max(this.#next + pause, now + pause / 2);
    }
    requestAnimationFrame((then) => this.#beat(then));
  }
}

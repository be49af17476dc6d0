// Through the backward pass: a step, a step back, and step after step by the clock.

export const SPEEDS = [0.5, 1, 2, 4, 8, 16]; // steps a second

export class Player {
  constructor(explorer) {
    this.explorer = explorer;
    this.speed = 2;
    this.timer = null;
  }

  get isPlaying() {
    return this.timer !== null;
  }

  // The next step that can be seen: not inside a folded box.
  step() {
    const { stepper, picture, quiz, isStepping } = this.explorer;
    if (stepper.isAtEnd) return false;
    if (!isStepping && stepper.at === stepper.length) stepper.go(0);
    do stepper.forth();
    while (!stepper.isAtEnd && !picture.isVisible(stepper.at - 1));
    const { to } = stepper.last;
    if (stepper.waiting[to] === 0) quiz.reveal(to); // a step tells, prediction or not
    this.explorer.afterStep();
    return true;
  }

  back() {
    const { stepper, picture } = this.explorer;
    if (stepper.at === 0) return;
    do stepper.back();
    while (stepper.at > 0 && !picture.isVisible(stepper.at - 1));
    this.explorer.afterStep();
  }

  play() {
    if (this.isPlaying) return this.pause();
    const { explorer } = this;
    if (explorer.stepper.isAtEnd) explorer.stepper.go(0);
    const tick = () => {
      if (!this.step()) return this.pause();
      this.timer = setTimeout(tick, 1000 / SPEEDS[this.speed]);
    };
    this.timer = setTimeout(tick, 0);
    explorer.paint();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.explorer.paint();
  }

  changeSpeed(by) {
    this.speed = Math.max(0, Math.min(SPEEDS.length - 1, this.speed + by));
    return SPEEDS[this.speed];
  }
}

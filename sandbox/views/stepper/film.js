// A run that plays by itself, as on Start.
// Methods of the stepper.

const FILM_MS = 380, SLOW = 3;          // for each step, and how many times that where it matters

const FILMED = {
  /** A film plays by itself, again and again; for whoever wants no motion it shows the moment that decided, and waits. */
  roll() {
    this.root.classList.add('film');
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) this.show(Math.max(0, this.doc.timeline.findIndex((t) => t.at[0] === this.doc.panes[0].verdict.at)), true);
    else this.autoplay(true);
  },

  autoplay(on) {
    clearInterval(this.timer); this.timer = 0;
    if (on) this.timer = setInterval(() => { if (document.hidden || this.again()) return; this.show(this.at + 1); this.mark(); }, FILM_MS);
    this.play.textContent = on ? '❚❚ Pause' : '▶ Play';
    this.play.setAttribute('aria-pressed', String(Boolean(on)));
  },

  /** A film hurries to the scenario's last step, takes its time there, rests at the end, and begins again. */
  again() {
    if (!this.doc.film) return false;
    const { moments } = this.views[0].run, end = this.at >= this.doc.timeline.length - 1;
    const slow = moments[this.number(0) - 1]?.step === moments.at(-1).step;
    this.rested = (this.rested ?? 0) + 1;
    if (this.rested < (end ? 4 * SLOW : slow ? SLOW : 1)) return true;
    this.rested = 0;
    if (end) this.show(0);
    return end;
  },
};

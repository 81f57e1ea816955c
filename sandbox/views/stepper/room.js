// The room that the stepper has: the height of its parts, and the row of the diagram that is in view.
// Methods of the stepper.

const ROOM = {
  /** Keep the row that is now in view, with some of what led to it above. */
  scroll(view, n, jump) {
    const box = view.board.scroll, row = (view.board.secret && n === view.run.moments.length ? view.board.secret : null) ?? view.board.rowAt(n);
    if (!row) { box.scrollTop = 0; return; }
    const at = row.getBoundingClientRect(), frame = box.getBoundingClientRect(), room = box.clientHeight;
    if (at.top >= frame.top + 4 && at.bottom <= frame.bottom - Math.min(60, room / 5)) return;
    const still = jump || matchMedia('(prefers-reduced-motion: reduce)').matches;
    box.scrollTo({ top: box.scrollTop + at.top - frame.top - (room - at.height) * (at.top < frame.top ? .3 : .72), behavior: still ? 'auto' : 'smooth' });
  },

  /** Everything that depends on the room there is, and on nothing that a step changes. */
  settle() {
    this.fit();
    this.views.forEach((view) => view.board.settle());
    const told = JSON.stringify([this.doc.present, ...this.views.map((view) => [view.story.clientWidth, innerHeight, Object.values(view.run.steps).map((s) => s.say)])]);
    if (told === this.told) return;                                            // to measure is what takes longest after a click on a setting
    this.told = told;
    this.root.style.removeProperty('--saying');
    this.root.style.setProperty('--saying', `${Math.max(0, ...this.views.map((view) => this.longest(view)))}px`);   // the tallest: what is below it never moves
  },

  /** Height of the tallest sentence of a pane, in pixels. */
  longest(view) {
    const trials = Object.values(view.run.steps).map((s) => h('div', { class: 'story trial' }, h('b', {}, '1'), h('p', {}, s.say)));
    view.story.after(...trials);
    const height = Math.ceil(Math.max(0, ...trials.map((el) => el.getBoundingClientRect().height)));
    trials.forEach((el) => el.remove());
    return height;
  },

  /** What has to be scrolled takes the focus, so that keys can scroll it, unless something in it does. */
  reachable() {
    for (const [part, name] of [['.asked', 'Questions'], ['.verdict .why', 'Verdict']]) for (const el of this.root.querySelectorAll(part)) {
      const alone = el.scrollHeight > el.clientHeight && !el.querySelector('button');
      for (const [attribute, value] of [['tabindex', '0'], ['role', 'group'], ['aria-label', name]]) if (alone) el.setAttribute(attribute, value); else el.removeAttribute(attribute);
    }
  },

  /** Height in pixels of what stands above it, however far the page is scrolled. */
  above() {
    let top = this.root.getBoundingClientRect().top;
    for (let el = this.root; (el = el.parentElement ?? el.getRootNode().host);) top += el.scrollTop;
    return Math.round(top);
  },

  /** The page, not the component, scrolls otherwise: fill what is left of the window.  On a wall nobody scrolls. */
  fit() {
    this.top = this.above();
    this.root.style.setProperty('--room', `${Math.max(this.views?.length > 1 ? 640 : this.doc?.present ? 400 : 540, Math.floor(innerHeight - this.top - 14))}px`);
  },
};

// The keyboard: steps, answers, and what a presenter's clicker sends.
// Methods of the stepper.

const REST_MS = 600;                 // milliseconds for which the presenter's view stays where it has just arrived, at an end or a beginning
const HELP = [['→ ←', 'a sentence on, or back; at the end, the next scenario'], ['Shift → ←', 'a message on, or back'], ['Page Down, Page Up', 'the same, by a clicker'], ['n p', 'next scenario, previous scenario'], ['Home End', 'first step, last step'], ['f', 'full screen'], ['Escape', 'leave'], ['?', 'this help']];

const KEYS = {
  /** The keys of the presenter's view, shown or hidden. */
  help() {
    if (this.help_) { this.help_.remove(); this.help_ = null; return; }
    this.help_ = h('div', { class: 'keyhelp', role: 'dialog', 'aria-label': 'Keys' }, h('h3', {}, 'Keys'), h('dl', {}, ...HELP.flatMap(([keys, what]) => [h('dt', {}, keys), h('dd', {}, what)])));
    this.root.append(this.help_);
  },

  /** What the keys of the presenter's view do besides stepping; a clicker sends Page Up and Page Down. */
  presented(e) {
    const now = performance.now(), last = this.doc.timeline.length - 1;
    const turn = (by) => {                                                      // a key that is pressed twice, or held, is one wish; n and p are meant
      const to = (this.doc.item ?? 1) + by;
      if (e.repeat || (e.key.length > 1 && now < (this.rests ?? 0)) || to < 1 || to > (this.doc.items ?? 1)) return;
      this.rests = now + REST_MS;
      this.emit('turn', { by });
    };
    if (this.help_ && e.key !== '?') { this.help(); if (e.key === 'Escape') { e.preventDefault(); return true; } }
    if (e.key === '?') { e.preventDefault(); this.help(); return true; }
    if (this.at < last && ['ArrowRight', 'PageDown', 'End'].includes(e.key)) queueMicrotask(() => { if (this.at >= last) this.rests = now + REST_MS; });
    const act = { PageDown: () => (this.at < last ? this.go(1) : turn(1)), PageUp: () => (this.at > 0 ? this.go(-1) : turn(-1)), n: () => turn(1), p: () => turn(-1),
      Escape: () => this.emit('leave', {}), f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.())?.catch(() => {}) }[e.key]
      ?? (e.key === 'ArrowRight' && this.at >= last && !this.doc.open ? () => turn(1) : e.key === 'ArrowLeft' && this.at === 0 ? () => turn(-1) : null);
    if (act) { e.preventDefault(); act(); }
    return Boolean(act);
  },

  key(e, mouse = false) {
    if (e.key === 'Escape' && !this.card.hidden) { this.explain(null); return true; }
    if (e.key === 'Escape' && this.field && this.root.contains(e.composedPath()[0])) { this.choose(null); return true; }
    if (!this.doc || this.doc.film || e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey) return false;
    if (this.doc.present && !e.shiftKey && this.presented(e)) return true;
    const played = this.doc.turn && !e.shiftKey ? game?.key(this, e.key) : null;
    const each = e.shiftKey ? 'message' : this.pace, choices = this.root.querySelectorAll('.answers button');
    const move = played ?? { ArrowLeft: () => this.go(-1, each), ArrowRight: () => this.go(1, each), ...(e.shiftKey ? {} : { Home: () => this.user(0), End: () => this.user(Infinity), ...(this.offer.hidden || this.doc.turn ? {} : { t: () => this.begin() }) }),
      ...Object.fromEntries([...choices].map((choice, i) => [i + 1, () => { choice.click(); this.named(choice.dataset.focus)?.focus({ preventScroll: true }); }])) }[e.key];
    if (!move) return false;
    const own = 'input,textarea,select,[contenteditable=""],[contenteditable="true"],[role=slider],[role=tab],[role=tablist],[role=radio],[role=radiogroup],[role=combobox],[role=listbox],[role=menu],[role=menuitem],[role=spinbutton],[role=dialog],[role=grid]';
    if ((!mouse && e.composedPath().some((el) => el instanceof Element && el.matches(own))) || !this.root.checkVisibility()) return false;
    e.preventDefault();
    move();
    return true;
  },
};

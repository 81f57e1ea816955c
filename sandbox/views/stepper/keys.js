// The keyboard: steps, answers, and what a presenter's clicker sends.
// Methods of the stepper.

const KEYS = {
  /** What the keys of the presenter's view do besides stepping; a clicker sends Page Up and Page Down. */
  presented(e) {
    const turn = (by) => { const to = (this.doc.item ?? 1) + by; if (to >= 1 && to <= (this.doc.items ?? 1)) this.emit('turn', { by }); };
    const last = this.doc.timeline.length - 1;
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
    const move = played ?? { ArrowLeft: () => this.go(-1, each), ArrowRight: () => this.go(1, each), ...(e.shiftKey ? {} : { Home: () => this.user(0), End: () => this.user(Infinity) }),
      ...Object.fromEntries([...choices].map((choice, i) => [i + 1, () => choice.click()])) }[e.key];
    if (!move) return false;
    const own = 'input,textarea,select,[contenteditable=""],[contenteditable="true"],[role=slider],[role=tab],[role=tablist],[role=radio],[role=radiogroup],[role=combobox],[role=listbox],[role=menu],[role=menuitem],[role=spinbutton],[role=dialog],[role=grid]';
    if ((!mouse && e.composedPath().some((el) => el instanceof Element && el.matches(own))) || !this.root.checkVisibility()) return false;
    e.preventDefault();
    move();
    return true;
  },
};

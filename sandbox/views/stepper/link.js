// Where in a run an address leads, and what the address says of where one is: step and field.
// Methods of the stepper.

const URL_WRITE_MS = 300;            // Safari refuses more than 100 replaceState calls in 30 s

const LINKED = {
  /** The field of a link; the tab that shows it comes with it. */
  linked(path) {
    const moment = this.views[0].run.moments[this.number(0) - 1];
    if (!path || !moment) return;
    this.field = path;
    this.tabs[moment.kind] = /\.(claims|header)\.|\.signature$/.test(path) ? 'token' : 'message';
  },

  /** Where the address says to begin: at a number, or at the first message of a step of the story (`step=replay`). */
  readUrl(doc) {
    if (!this.url) return null;
    const from = this.url === 'hash' ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams(location.search), step = from.get('step') ?? '';
    if (/^[0-9]{1,4}$/.test(step)) return Math.max(0, Number(step) - 1);
    const first = doc.panes[0].moments.find((m) => m.step === step);
    return first ? doc.timeline.findIndex((t) => t.id === first.id) : null;
  },

  /** Follow the links of the page around it that name one of its moments (`#your-step-14`); of several steppers the first one follows. */
  followed(event) {
    const start = this.doc?.anchor && `#${this.doc.anchor}`;
    const link = start && event.composedPath().find((el) => el instanceof Element && el.matches(`a[href^="${start}"]`));
    const at = link ? this.doc.timeline.findIndex((t) => t.at[0] === Number(link.getAttribute('href').slice(start.length))) : -1;
    if (at < 0 || !this.root.isConnected || !this.root.offsetParent) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.user(at);
    this.root.scrollIntoView({ block: 'start' });
    (this.next.disabled ? this.back : this.next).focus({ preventScroll: true });
  },

  readField() {
    const from = new URLSearchParams(this.url === 'hash' ? location.hash.slice(1) : location.search), path = from.get('field') ?? '';
    return path.length <= 300 ? path : '';
  },

  writeUrl() {
    clearTimeout(this.urlTimer);
    if (!this.url || !this.doc || !this.root.isConnected || location.pathname !== this.path) return;
    const to = new URL(location.href), named = to.searchParams.get('scenario');
    if (this.url === 'query' && named && named !== this.doc.scenario && !this.doc.turn) return;   // the visitor is on the way to another one: this step is none of its
    if (this.url === 'hash') to.hash = `step=${this.at + 1}` + (this.field ? `&field=${encodeURIComponent(this.field)}` : '');
    else {
      if (this.doc.turn) to.searchParams.delete('step'); else to.searchParams.set('step', String(this.at + 1));      // a position of a game is told by its moves
      if (this.field) to.searchParams.set('field', this.field); else to.searchParams.delete('field');
    }
    if (to.href !== location.href) history.replaceState(history.state, '', to);
  },
};

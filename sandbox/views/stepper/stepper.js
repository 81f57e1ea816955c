// The stepper: diagram, message, token, checks and who-knows-what, for one run or up to three side by side.
//
// Two hosts use this file unchanged: the app (app/frontend/mounted.js) and the offline page (`mount`, see html/offline.py).  Everything that moves during stepping happens here; the host is told
// only about edits, answers and wishes.  Every text of the document is data: it reaches the page through h() of dom.js and through
// textContent, never as HTML.  Before this script stand board.js, the diagram, panels.js, what one moment
// shows, questions.js, and methods of the class by what they are about: room.js, film.js, keys.js, link.js.

const TONE = { good: '✓', bad: '✕', warn: '!', none: '–', info: 'i' };
const PACES = [['sentence', 'sentence', 'Back and Next go from sentence to sentence; with Shift, from message to message'], ['message', 'message', 'Back and Next go from message to message']];

const remembered = new Map();        // scenario -> ids of the moments up to the one on show; outlives a page change
const answered = new Map();          // scenario, pane and question -> the learner's answer
let pace = 'sentence';               // outlives it, too
const kept = typeof progress === 'undefined' ? null : progress;   // what the learner's browser remembers, where the host has put it before this script
const game = typeof turnOf === 'undefined' ? null : { draw: turnOf, done: turnDone, key: turnKeys };   // the same: a game in the place of the reading column

const STEPS_ON = 'Next (Right arrow)';

class Stepper {
  constructor(parent, { url }) {
    this.url = url;                                    // 'query' (?step=) or 'hash' (#step=)
    this.at = 0; this.tabs = {}; this.cards = 'knows'; this.queue = []; this.seq = 0; this.send = () => {};
    this.moved = null;                                  // called when somebody has stepped here
    this.link = null;                                   // makes a link to another page of the host, where it has pages
    this.field = null; this.editing = false;            // the chosen field, by its path; whether fields can be changed
    this.said = null;                                   // the question that was answered last, here and now
    this.chosen = { key: null, ids: [] };               // what is chosen so far at a question with several answers
    this.ended = false;                                 // whether the card after the last step is on show
    this.off = new AbortController(); this.path = location.pathname;
    const button = (cls, label, act, ...inside) => h('button', { type: 'button', class: cls, title: label, onclick: act }, ...inside);
    this.back = button('nav', 'Back (Left arrow)', () => this.go(-1), '← Back');
    this.next = button('nav primary', STEPS_ON, () => (this.ended ? this.named('next-lesson')?.click() : this.go(1)), 'Next →');   // a key goes no further than the card at the end
    this.play = button('nav play', 'Play or pause', () => this.autoplay(!this.timer), '▶ Play');
    this.play.setAttribute('aria-label', 'Play or pause');
    this.jump = button('nav', 'Go to the first difference', () => this.user(this.doc.differs ?? 0), 'First difference');
    this.reveal_ = button('small', 'Open the whole run, without answering', () => this.emit('reveal', {}), 'Show all');
    this.knows = button('small', 'Who knows what, and the state of each party', () => { this.root.classList.toggle('knowing'); this.show(this.at, true); }, 'Who knows what');
    this.offer = button('small', 'Play the attacker yourself, against the real parties', () => this.begin(), icon('mask'), 'Your turn ', h('kbd', { 'aria-hidden': true }, 't'));
    this.offer.setAttribute('aria-keyshortcuts', 't');
    this.gamebar = h('div', { class: 'gamebar', role: 'group', 'aria-label': 'Game' });
    this.paces = h('span', { class: 'paces', role: 'group', 'aria-label': 'Pace' }, ...PACES.map(([id, text, why]) => h('button', { type: 'button', 'data-pace': id, title: why, onclick: () => { pace = id; this.show(this.at, true); } }, text)));
    this.count = h('output', { class: 'count' });
    this.segments = h('div', { class: 'segments', role: 'group', 'aria-label': 'Sentences of the story' });
    this.panes = h('div', { class: 'panes' });
    this.parties = h('div', { class: 'parties', tabindex: 0, role: 'group', 'aria-label': 'What each party has' });
    this.which = h('div', { class: 'which', role: 'group', 'aria-label': 'What the cards show' });
    this.card = h('div', { class: 'card', role: 'dialog', hidden: true });
    this.live = h('div', { class: 'sr', 'aria-live': 'polite' });
    this.edits = h('div', { class: 'edits', role: 'group', 'aria-label': 'Your edits', hidden: true });
    this.root = h('div', { class: 'stepper', 'data-ready': 'false' }, h('h2', { class: 'sr' }, 'The run'), this.edits, this.panes, h('div', { class: 'ledger' }, this.which, this.parties),
      h('div', { class: 'bar' }, this.segments, this.back, this.next, this.play, this.jump, this.paces, this.count, this.reveal_, this.offer, this.knows, this.gamebar), this.card, this.live);
    parent.append(this.root);
    this.listen();
  }

  listen() {
    const signal = this.off.signal;
    this.root.addEventListener('click', (e) => {
      const el = e.target.closest('.word');
      if (el) { e.stopPropagation(); this.explain(el.classList.contains('lit') ? null : el.dataset.word, el); } else if (!e.target.closest('.card') && !this.card.hidden) this.card.hidden = true;
    }, { signal, capture: true });
    document.addEventListener('keydown', (e) => this.key(e), { signal });
    document.addEventListener('click', (e) => this.followed(e), { signal });
    // A radio or tab that was clicked, not reached by keyboard, must not swallow the arrows afterwards
    document.addEventListener('keydown', (e) => {
      if (e.key === 'Tab') this.mouse = false;
      const el = e.composedPath()[0];
      if (this.mouse && el instanceof Element && el.matches('[role=radio], [role=tab]') && this.key(e, true)) e.stopImmediatePropagation();
    }, { signal, capture: true });
    document.addEventListener('pointerdown', () => { this.mouse = true; }, { signal, capture: true });
    window.addEventListener('oauth-sandbox-skip', (e) => { if (!e.defaultPrevented && this.doc && !this.doc.film && this.root.checkVisibility()) { e.preventDefault(); this.enter(); } }, { signal });
    window.addEventListener('oauth-sandbox-news', (e) => { const at = this.root.querySelector('.progress'); if (at) at.textContent = e.detail; }, { signal });
    window.addEventListener('resize', () => { if (!this.doc) return; this.settle(); this.show(this.at, true); }, { signal });
    new ResizeObserver(([{ contentRect: { width } }]) => {                     // what was in a hidden tab had no room to measure
      if (width && width !== this.width && this.doc) { this.settle(); this.show(this.at, true); }
      this.width = width;
    }).observe(this.root);
    const moved = new ResizeObserver(() => { if (this.doc && this.top !== this.above()) { this.settle(); this.show(this.at, true); } });   // what is above it has grown
    for (let el = this.root; (el = el.parentElement ?? el.getRootNode().host);) moved.observe(el);
    signal.addEventListener('abort', () => moved.disconnect());
    document.fonts.addEventListener('loadingdone', () => { this.told = ''; if (this.doc) { this.settle(); this.show(this.at, true); } }, { signal });      // other letters, other lines
    // Streamlit writes its own, older idea of the query when Python sets st.query_params: put ours back
    window.navigation?.addEventListener('currententrychange', () => { clearTimeout(this.urlTimer); this.urlTimer = setTimeout(() => this.writeUrl(), URL_WRITE_MS); }, { signal });
  }

  /** Shows another document.  The step is kept by its id; if that is gone, by the nearest earlier one that is left. */
  update(doc) {
    if (doc === this.doc || !doc?.panes?.length) return;
    const index = new Map(doc.timeline.map((t, i) => [t.id, i]));
    const turned = Boolean(this.doc) && this.doc.item !== doc.item;          // another entry of a workshop begins at its beginning
    const trail = turned ? null : this.doc && this.doc.scenario === doc.scenario ? this.trail : remembered.get(doc.scenario);
    const kept = trail?.findLast((id) => index.has(id));
    const opening = !this.doc, was = !turned && this.doc?.scenario === doc.scenario ? this.doc.open : null;
    const follow = doc.follow && (this.doc ? this.at >= this.doc.timeline.length - 1 : this.readUrl(doc) === null);   // a run that still grows
    const still = doc.turn && doc.turn.sign === this.doc?.turn?.sign && doc.scenario === this.doc.scenario && doc.timeline.length === this.doc.timeline.length;
    this.at = doc.turn ? (still ? this.at : Math.max(0, (doc.turn.at ?? doc.timeline.length) - 1)) : follow ? doc.timeline.length - 1 : opening && Number.isInteger(doc.begin) ? doc.begin : opening && this.readUrl(doc) !== null ? this.readUrl(doc) : index.get(kept) ?? 0;
    const ack = doc.ack ?? 0, lost = ack < (this.doc?.ack ?? 0);              // lost: the server began a new session
    this.queue = lost ? [] : this.queue.filter((e) => e.seq > ack);
    this.waiting();
    if (this.views?.length !== doc.panes.length) { this.panes.replaceChildren(); this.views = doc.panes.map(() => this.pane()); }
    if (turned || this.doc?.scenario !== doc.scenario) this.ended = false;
    this.doc = doc;
    if (doc.answers) this.recall(doc);
    this.root.classList.toggle('present', Boolean(doc.present));
    this.root.classList.toggle('compare', doc.panes.length > 1);
    this.root.classList.toggle('three', doc.panes.length > 2);
    this.root.classList.toggle('crowded', doc.panes.some((p) => p.parties.length > 6));
    this.root.style.setProperty('--panes', String(doc.panes.length));
    this.root.classList.toggle('empty', !doc.timeline.length && !doc.turn);
    this.root.classList.toggle('turn', Boolean(doc.turn));
    this.root.classList.toggle('asking', Boolean(doc.open));
    this.jump.hidden = doc.panes.length < 2;
    this.jump.disabled = doc.differs === null;
    this.play.hidden = !doc.film;
    this.paces.hidden = doc.panes.length > 1 || Boolean(doc.follow);
    this.offer.hidden = !doc.game;
    this.reveal_.hidden = !doc.open || !doc.revealable;
    doc.panes.forEach((pane, i) => this.views[i].draw(pane));
    this.listEdits();
    this.settle();
    if (opening) this.linked(this.readField());
    this.revealed = -1;
    const told = was && was === this.said && was !== doc.open;                // not one from another day: that keeps the place of the link
    const left = told ? allQuestions(this.views[0].run).find((q) => q.key === was) : null;
    if (left?.when === 'before') this.at = this.lastOf(left.step);           // answered: on to what came of it
    this.show(this.at, true);
    if (!trail || follow || told) this.mark();
    if (left) this.keep(left);
    if (opening && doc.open && doc.revealable) this.remind();
    if (opening && !doc.film && document.documentElement.dataset.followed && document.activeElement === document.body) { delete document.documentElement.dataset.followed; this.enter(); }
    this.root.dataset.ready = 'true';
    if (doc.film && !this.root.classList.contains('film')) this.roll();
  }

  /** Remember an answer, and whether it was right, in the learner's browser. */
  keep(q) {
    const said = answered.get(this.asked(this.views[0].run, q));
    if (kept && q.right && said) kept.answer(this.doc.scenario, q.key, said, said === q.right);
  }

  /** Tell the host what the learner has answered before, on another day. */
  remind() {
    const mine = Object.entries(kept?.read().found.answers ?? {}).filter(([name]) => name.startsWith(`${this.doc.scenario}/`));
    if (mine.length) this.emit('answers', { answers: Object.fromEntries(mine.map(([name, { said }]) => [name.slice(this.doc.scenario.length + 1), said])) });
  }

  pane() {
    const name = h('h3', { class: 'pname' }), verdict = h('div', { class: 'verdict', role: 'status' }), story = h('div', { class: 'story' });
    const seq = h('div', { class: 'seq' }), detail = h('div', { class: 'detail' }), ask = h('div', { class: 'asked' });
    this.panes.append(h('section', { class: 'pane' }, name, seq, h('div', { class: 'reader' }, story, verdict, detail, ask)));
    const view = { seq, detail, verdict, story, ask };
    view.draw = (run) => {
      view.run = { ...run, secret: allQuestions(run).find((q) => q.key === this.doc.open)?.when === 'before' };
      view.learnt = fold(run); name.textContent = visible(run.name);
      view.board = boardOf(this.doc, view.run, (n) => { const i = this.doc.timeline.findIndex((t) => t.at[this.views.indexOf(view)] === n); if (i >= 0) this.user(i); });
      seq.replaceChildren(view.board.el);
    };
    return view;
  }

  user(i) { this.autoplay(false); this.ended = false; this.looking = Boolean(this.doc.turn); this.show(i, this.looking); this.mark(); this.moved?.(); }

  /** Whoever comes past the navigation is at the controls. */
  enter() { (this.doc.turn ? this.root.querySelector('.told, .game') : [this.next, this.back, this.knows].find((b) => !b.disabled && b.checkVisibility()))?.focus(); }

  /** Play the attacker; the focus goes with it. */
  begin() { this.began = true; this.emit('turn', { do: 'begin' }); }

  // ---- words: what each is, why it is there, and what happens without it
  /** Open the card of a word beside what was clicked, or shut it. */
  explain(word, from = null) {
    const card = word === null ? null : cardOf(this.doc, word), was = this.from;
    this.card.hidden = !card;
    this.from = card ? from : null;
    for (const el of this.root.querySelectorAll('.word')) el.classList.toggle('lit', Boolean(card) && el.dataset.word === word);
    if (card) { kept?.word(card.word); this.root.querySelector('.hint')?.remove(); this.used = true; }
    if (!card) { was?.isConnected && was.focus({ preventScroll: true }); return; }
    const close = h('button', { type: 'button', class: 'small', 'aria-label': 'Close', title: 'Close (Escape)', onclick: () => this.explain(null) }, '✕');
    this.card.setAttribute('aria-label', visible(card.word));
    this.card.replaceChildren(h('div', { class: 'top' }, h('code', {}, card.word), h('span', {}, card.kind), close), h('p', {}, card.is), ...reasons(card, Boolean(this.doc.open)), cited(card));
    const at = from?.getBoundingClientRect(), frame = this.root.getBoundingClientRect();
    if (at) this.card.style.setProperty('--top', `${Math.max(8, Math.min(at.bottom - frame.top + 6, frame.height - this.card.offsetHeight - 8))}px`);
    if (at) this.card.style.setProperty('--left', `${Math.max(8, Math.min(at.left - frame.left, frame.width - this.card.offsetWidth - 8))}px`);
    close.focus({ preventScroll: true });
  }

  // ---- stops: where Back and Next go
  /** Runs side by side differ in messages, and a run that grows is looked at for them. */
  get pace() { return this.views.length > 1 || this.doc.follow ? 'message' : pace; }

  /** The moment at place i of the timeline, in the first run that has it. */
  momentAt(i) { const t = this.doc.timeline[i], p = t ? t.at.findIndex(Boolean) : -1; return p < 0 ? null : this.views[p].run.moments[t.at[p] - 1]; }

  /** The place of the last moment of a step that is not routine. */
  lastOf(step) {
    const every = this.doc.timeline.map((_, i) => i).filter((i) => this.momentAt(i)?.step === step);
    return every.findLast((i) => !this.momentAt(i).routine) ?? every.at(-1) ?? 0;
  }

  stops(by) {
    const places = this.doc.timeline.map((_, i) => i), run = this.views[0].run;
    if (by === 'message') return places.filter((i) => { const m = this.momentAt(i); return !m.routine || this.views.some((v) => v.run.moments[m.n - 1] === m && v.board.rows.get(m.n)?.hidden === false); });
    const steps = [...new Set(places.map((i) => this.momentAt(i).step))];
    return steps.flatMap((step) => (questionsOf(run, step).some((q) => q.when === 'before' && this.saidTo(run, q) === undefined) ? [places.find((i) => this.doc.timeline[i].at[0] === placeOf(run, step)), this.lastOf(step)].filter((i) => i !== undefined) : [this.lastOf(step)]));
  }

  /** One stop on or back; after the last one stands the card that ends a lesson, if there is one. */
  go(by, each = this.pace) {
    this.autoplay(false);
    const stops = this.stops(each), to = by > 0 ? stops.find((i) => i > this.at) : stops.findLast((i) => i < this.at);
    if (this.ended && by > 0) return;
    if (this.ended) { this.ended = false; this.show(this.at, true); return; }
    if (to !== undefined) { this.user(to); return; }
    if (by < 0) this.user(0);
    else if (this.doc.open) this.root.querySelector('.submit:enabled, .answers button')?.focus();
    else if (this.doc.end && this.doc.timeline.length) { if (this.at < this.doc.timeline.length - 1) this.user(Infinity); this.ended = true; this.show(this.at, true); this.root.querySelector('.end')?.focus({ preventScroll: true }); }
    else this.user(Infinity);
  }

  /** Another field of the message on show, or none. */
  choose(path) {
    const had = this.field, field = (p) => [...this.root.querySelectorAll('.field')].find((f) => f.dataset.path === p);
    this.field = path;
    const name = path === null ? '' : known(this.doc, path).name;
    if (cardOf(this.doc, name)) kept?.word(name);
    this.show(this.at, true);
    const focus = field(path ?? had);
    focus?.focus({ preventScroll: true });
  }

  /** The chosen field stays in view beside its note; a check that failed is in view as soon as its step is. */
  reveal() {
    const fresh = this.revealed !== this.at;
    this.revealed = this.at;
    for (const el of this.root.querySelectorAll(`.field[aria-pressed=true]${fresh ? ', .panel .checks li.bad' : ''}`)) {
      const panel = el.closest('.panel'), box = panel.getBoundingClientRect(), at = el.getBoundingClientRect();
      if (at.top < box.top || Math.min(at.bottom, at.top + box.height) > box.bottom) panel.scrollTop += at.top - box.top - 24;
    }
  }

  /** Edit mode on or off; it needs a message or a token to point at. */
  edit() {
    const moment = this.views[0].run.moments[this.number(0) - 1], tab = this.tabs[moment?.kind] ?? HOME[moment?.kind] ?? 'message';
    this.editing = !this.editing;
    if (this.editing && moment && tab !== 'token') this.tabs[moment.kind] = 'message';
    this.show(this.at, true);
  }

  toMoment(id) { const i = this.doc.timeline.findIndex((t) => t.id === id); if (i >= 0) this.user(i); }

  /** The learner's edits above everything: each can be visited and taken back. */
  listEdits() {
    const { edits = [], edited, editable: mine } = this.doc, first = edited?.at;
    this.edits.hidden = !edits.length;
    this.edits.replaceChildren(h('b', {}, edits.length === 1 ? '1 edit' : `${edits.length} edits`), h('ul', {}, ...edits.map((e) => h('li', { class: e.problem ? 'bad' : false },
      h('button', { type: 'button', class: 'go', title: visible(`${e.message}\n${e.field}`), disabled: !e.at, onclick: () => { this.toMoment(e.message); this.linked(e.field); this.show(this.at, true); } }, e.at ? h('i', {}, e.at) : '', h('code', {}, e.field.split('.').slice(-3).join('.')), e.value === null ? ' left out' : ': ', e.value === null ? null : h('span', {}, e.value === '' ? 'empty' : e.value.slice(0, 80)), e.problem ? h('em', {}, `Not made: ${e.problem}.`) : null),
      mine ? h('button', { type: 'button', class: 'x', 'aria-label': visible(`Take back the edit of ${e.field}`), title: 'Take back', onclick: () => this.emit('unedit', { message: e.message, field: e.field }) }, '✕') : null))),
      first ? h('button', { type: 'button', class: 'nav first', title: visible(edited.sentence), onclick: () => this.user(this.doc.timeline.findIndex((t) => t.at[0] === first)) }, `First difference: step ${first}`) : h('span', { class: 'said' }, edits.length && edited ? edited.sentence : ''),
      mine && edits.length > 1 ? h('button', { type: 'button', class: 'nav', onclick: () => this.emit('unedit-all', {}) }, 'Take all back') : '');
  }

  /** What the learner chose: the ids up to the current step.  A change of run that lacks the step must not forget it. */
  mark() { this.trail = this.doc.timeline.slice(0, this.at + 1).map((t) => t.id); remembered.set(this.doc.scenario, this.trail); }

  show(i, fresh = false) {
    const last = Math.max(0, this.doc.timeline.length - 1);
    i = Number.isNaN(Number(i)) ? 0 : Math.max(0, Math.min(last, Number(i)));
    if (i === this.at && !fresh) return;
    const same = i === this.at;
    if (!same) { this.field = null; this.card.hidden = true; }
    this.at = i;
    const focus = this.root.getRootNode().activeElement?.dataset?.focus, panel = () => this.root.querySelector('.panel'), tab = panel()?.getAttribute('aria-label');
    const scrolled = same && panel()?.scrollTop, first = this.views[0], now = first.run.moments[this.number(0) - 1];
    this.root.classList.toggle('over', (!this.doc.open || Boolean(first.run.verdict.word)) && this.number(0) >= (first.run.verdict.at ?? 0));
    this.root.classList.toggle('ended', this.ended);
    this.views.forEach((view, p) => this.paint(view, p));
    this.knowledge(first, this.number(0));
    this.views.forEach((view, p) => this.scroll(view, this.number(p), fresh));
    this.controls(last, now);
    this.root.dataset.step = String(i + 1);
    this.speak(first, now);
    if (scrolled && panel()?.getAttribute('aria-label') === tab) panel().scrollTop = scrolled;
    this.reveal();
    this.reachable();
    if (focus) (this.named(focus) ?? (focus.startsWith('ask-') && !this.doc.turn ? this.next : null))?.focus({ preventScroll: true });   // an answer that was given leaves nothing to stand on
    if (this.doc.turn && game) game.done(this);
    clearTimeout(this.urlTimer); this.urlTimer = setTimeout(() => this.writeUrl(), URL_WRITE_MS);
  }

  /** Say the step in a sentence to who cannot see it; the first time in a sentence of the story, that one before it. */
  speak({ run, board }, now) {
    const says = now ? board.spoken(now) : '', fresh = now?.step !== this.heard;
    if (says === this.says && !fresh) return;
    this.live.textContent = visible(now && fresh ? `${run.steps[now.step]?.say ?? ''} ${says}.` : says && `${says}.`);
    Object.assign(this, { says, heard: now?.step });
  }

  /** What has the focus under this name. */
  named(focus) { return [...this.root.querySelectorAll('[data-focus]')].find((el) => el.dataset.focus === focus); }

  controls(last, now) {
    const waits = Boolean(this.doc.open) && this.at >= (this.stops(this.pace).at(-1) ?? last), done = this.ended || (!this.doc.open && !this.doc.end && this.at === last);
    this.back.disabled = this.at === 0 && !this.ended;
    const leads = this.ended && this.doc.end?.next && this.link ? this.doc.end.next.title : '';
    this.next.disabled = done && !leads;
    this.next.title = leads || STEPS_ON;
    this.next.textContent = leads ? 'Next lesson →' : waits ? (this.doc.watching ? 'A question' : Object.hasOwn(this.doc.answers ?? {}, this.doc.open) ? 'Wait for the others' : 'Answer to go on') : !this.doc.open && this.doc.end && this.at >= Math.min(last, this.stops(this.pace).at(-1) ?? last) && !this.ended ? 'Finish' : 'Next →';
    this.next.classList.toggle('waits', waits);
    this.count.textContent = this.doc.timeline.length ? `Step ${this.at + 1}${this.doc.open ? '' : ` of ${last + 1}`}${this.doc.present && this.doc.items > 1 ? `, scenario ${this.doc.item} of ${this.doc.items}` : ''}` : 'No steps';
    for (const b of this.paces.children) b.setAttribute('aria-pressed', String(b.dataset.pace === this.pace));
    this.knows.setAttribute('aria-expanded', String(this.root.classList.contains('knowing')));
    const run = this.views[0].run, total = Math.max(0, ...Object.values(run.steps).map((s) => s.of)), named = Object.entries(run.steps), here = run.steps[now?.step]?.n ?? 0;
    this.segments.hidden = total < 2 || total > 40;
    this.segments.replaceChildren(...Array.from({ length: total }, (_, k) => {
      const [step, told] = named.find(([, s]) => s.n === k + 1) ?? [null, null], begins = step ? this.doc.timeline.findIndex((_, i) => this.momentAt(i)?.step === step) : -1;
      const asks = step ? questionsOf(run, step) : [], said = asks.map((q) => [q.right, answered.get(this.asked(run, q))]), open = said.some(([right, mine]) => !right || !mine), good = !open && said.every(([right, mine]) => right === mine);
      return h('button', { type: 'button', class: k + 1 < here ? 'done' : k + 1 === here ? 'now' : false, disabled: begins < 0, title: visible(told ? told.say : 'Still to come'), 'aria-label': visible(`Sentence ${k + 1}${told ? `: ${told.say}` : ''}`),
        'aria-current': k + 1 === here ? 'step' : false, 'data-focus': `segment ${k}`, onclick: () => this.user(this.lastOf(step)) }, asks.length ? h('i', { class: open ? false : good ? 'yes' : 'no', 'aria-hidden': true }, open ? '?' : good ? '✓' : '✕') : null);
    }));
  }

  /** The number of the moment that pane p shows now: its own at this place of the timeline, or its last before. */
  number(p) { return this.doc.timeline.slice(0, this.at + 1).reduce((seen, t) => t.at[p] ?? seen, 0); }

  paint(view, p) {
    const exact = this.doc.timeline[this.at]?.at[p] ?? null, n = this.number(p), moment = view.run.moments[n - 1];
    const apart = this.views.length > 1 ? this.doc.timeline[this.doc.differs]?.at[p] ?? null : p === 0 ? this.doc.edited?.at ?? null : null;
    view.board.paint({ n, exact, apart, step: moment?.step ?? '' });
    this.banner(view, p);
    if (this.doc.turn && game) { game.draw(this, view, moment, exact !== null); return; }
    view.story.replaceChildren(...this.story(view.run, moment));
    this.root.classList.remove('veiled');
    if (this.ended) { view.detail.replaceChildren(endCard(this)); view.ask.replaceChildren(); return; }
    view.detail.replaceChildren(...this.detail(view.run, moment, exact !== null));
    view.ask.replaceChildren(h('div', {}, ...(this.field || !moment ? [] : this.questions(view.run, moment))));
    this.root.classList.toggle('veiled', Boolean(view.ask.querySelector('.ordered')));   // the diagram beside it would tell
  }

  // ---- verdict, narration, question
  banner(view, p) {
    const v = view.run.verdict, i = this.doc.timeline.findIndex((t) => t.at[p] === v.at), early = Boolean(this.doc.patient) && this.number(p) < (v.at ?? 0), open = early || (Boolean(this.doc.open) && !v.word), tone = TONE[v.tone] ? v.tone : 'none';
    view.verdict.className = 'verdict ' + (open ? 'none' : tone);
    view.verdict.replaceChildren(h('i', { 'aria-hidden': true }, early ? '…' : open ? '?' : TONE[tone]), h('b', {}, early ? 'The story goes on' : open ? 'One question open' : v.word),
      h('span', { class: 'why', title: open ? false : visible(`${v.sentence} ${v.detail}`) }, open ? '' : v.sentence, open || !v.detail ? null : h('small', {}, v.detail)),
      !open && i >= 0 ? h('button', { type: 'button', class: 'small', title: 'To the step that decided', disabled: i === this.at, 'data-focus': 'verdict' + p, onclick: () => this.user(i) }, 'To the verdict') : '');
  }

  story(run, moment) {
    const step = moment && run.steps[moment.step];
    return step ? [h('b', {}, `${step.n} of ${step.of}`), h('p', {}, step.say)] : [h('p', {}, run.moments.length ? '' : 'Nothing happens in this setting. Choose another one.')];
  }

  asked(run, q) { return [this.doc.scenario, run.name, q.key].join(' '); }

  /** The answers that the host has kept, and those that are still on their way to it. */
  recall(doc) {
    const sent = new Set(this.queue.filter((e) => e.event === 'answer').map((e) => e.question));
    for (const run of doc.panes) for (const q of allQuestions(run)) {
      if (sent.has(q.key)) continue;
      if (Object.hasOwn(doc.answers, q.key)) answered.set(this.asked(run, q), doc.answers[q.key]); else answered.delete(this.asked(run, q));
    }
  }

  /** What was said to a question; '' where a room was told the answer before anything was said, undefined where it is still to be asked. */
  saidTo(run, q) { return answered.get(this.asked(run, q)) ?? (this.doc.patient && q.right ? '' : undefined); }

  /** The questions at a moment: the first that is open, with what was said to the one before it; where none is, all that was said.
   *  What comes of a step is asked at the request that the question is about, what was seen in it at its last moment. */
  questions(run, moment) {
    if (this.views.length > 1) return [];
    const here = moment.n === placeOf(run, moment.step), over = this.at >= this.lastOf(moment.step);
    const mine = questionsOf(run, moment.step).map((q) => [q, this.saidTo(run, q)]);
    const next = mine.findIndex(([, said]) => said === undefined), [q] = mine[next] ?? [];
    const open = q && (q.when === 'before' ? here : over) ? q : null;
    const told = mine.filter(([each, said], i) => said !== undefined && (each.when === 'before' || over) && (!open || i === next - 1));
    const otherwise = (each) => (this.doc.changeable && !each.right ? () => { answered.delete(this.asked(run, each)); this.show(this.at, true); } : null);
    const said = told.map(([each, answer]) => answerOf(each, answer, otherwise(each)));
    if (!open) return said;
    const choose = (ids) => { this.chosen = { key: open.key, ids }; this.show(this.at, true); };
    const answer = (which) => {
      if (this.doc.watching) return;                                            // whoever shows a question to others
      answered.set(this.asked(run, open), which);
      this.said = open.key;
      if (this.doc.answers) this.emit('answer', { question: open.key, answer: which });
      this.show(this.at, true);
    };
    return [...said, askOf(open, this.chosen.key === open.key ? this.chosen.ids : [], choose, answer)];
  }

  // ---- the panel beside the diagram
  who(run, moment) {
    const name = (id) => run.parties.find((p) => p.id === id)?.name ?? id;
    return moment.from === moment.to ? name(moment.from) : `${name(moment.from)} → ${name(moment.to)}`;
  }

  detail(run, moment, here) {
    if (!moment) return run.moments.length ? none('This run has not started yet.') : [];
    const checks = checksOf(run, moment), bad = checks.some((c) => c[1] === 'fail');
    const label = { message: 'Message', token: 'Token', checks: checks.length ? `Checks ${checks.filter((c) => c[1] === 'pass').length}/${checks.length}` : 'Checks', learned: 'Learned' };
    const has = { token: moment.tokens || (moment.about && run.moments[moment.about - 1].tokens), learned: moment.learns || moment.state, checks: checks.some((c) => c[1] !== 'pass') };
    const tab = this.tabs[moment.kind] ?? HOME[moment.kind] ?? 'message';
    return [
      this.heading(run, moment, here, this.at),
      h('div', { class: 'tabs', role: 'group', 'aria-label': 'What to show' }, ...TABS.map(([id]) => h('button', { type: 'button', 'aria-pressed': String(tab === id), 'data-focus': 'tab-' + id,
        onclick: () => { this.tabs[moment.kind] = id; this.show(this.at, true); } }, label[id], has[id] ? h('i', { class: 'dot' + (id !== 'checks' ? '' : bad ? ' bad' : ' skip') }) : null))),
      h('div', { class: 'panel', tabindex: 0, role: 'group', 'aria-label': label[tab] }, this.hint(run.steps[moment.step]?.n ?? 0), this.differs(run, moment) ? h('p', { class: 'lead differs' }, this.doc.edited.sentence) : null, ...PANELS[tab](run, moment, this)),
      this.note(run, shownAt(run, moment), tab),
    ].filter(Boolean);
  }

  /** Title, parties and chips of a moment at place i of the timeline. */
  heading(run, moment, here, i) {
    const chip = (cls, text) => h('em', { class: 'chip ' + cls }, text);
    return h('div', { class: 'what' }, h('h3', {}, `${moment.n}. `, moment.title), h('time', {}, moment.clock),
      h('div', { class: 'who' }, moment.kind === 'time' ? null : this.who(run, moment), chip(moment.channel === 'front' ? 'front' : '', wordOf(this.doc, `concept:${moment.channel} channel`, moment.chip)), moment.attack && moment.kind !== 'taken' ? chip('attack', 'Attacker') : null,
        moment.blocked ? chip('refused', '✕ Refused') : null, moment.edited ? chip('edited', '✎ Edited') : null,
        this.differs(run, moment) || (this.views.length > 1 && i === this.doc.differs) ? chip('edited', '≠ First difference') : null,
        here ? null : chip('', 'no such step here'), shownAt(run, moment).message ? tools(shownAt(run, moment), this) : null));
  }

  /** Said in the first sentences to whoever has opened no word and finished no lesson yet. */
  hint(sentence) {
    const found = kept?.read().found;
    return !found || this.used || sentence > 2 || this.views.length > 1 || found.words.length || found.done.length || this.doc.present ? null : h('p', { class: 'hint' }, 'New here? Click any name with dots below it: it says what it is, and why it is there.');
  }

  differs(run, moment) { return run === this.views[0].run && this.doc.edited?.at === moment.n; }

  /** Under a message or a token: the note of the chosen field, or how to edit. */
  note(run, shown, tab) {
    if (!shown.message || (tab !== 'message' && tab !== 'token')) return null;
    return this.field ? fieldNote(run, shown, this.field, this) : this.editing && this.doc.editable ? adder(shown, this) : null;
  }

  // ---- who knows what
  knowledge(view, n) {
    const modes = [['knows', 'Who knows what'], ['state', 'State of each party']];
    this.which.replaceChildren(...modes.map(([id, text]) => h('button', { type: 'button', 'aria-pressed': String(this.cards === id), 'data-focus': 'cards-' + id, onclick: () => { this.cards = id; this.show(this.at, true); } }, text)));
    const rows = view.learnt(this.cards, n);
    this.parties.replaceChildren(...view.run.parties.map((party) => {
      const mine = rows.get(party.id) ?? [];
      return h('section', { class: 'party' + (party.hers ? ' evil' : '') }, h('h4', { 'data-count': mine.length || '' }, party.name), mine.length ? h('dl', {}, ...mine.flatMap(([name, value, at]) =>
        [h('dt', { title: visible(name) }, this.cards === 'knows' ? ((short) => wordOf(this.doc, short, short))(name.slice(name.lastIndexOf('.') + 1)) : name), h('dd', { class: [at === n ? 'new' : '', value === null ? 'gone' : ''].join(' ').trim() || false, title: visible(value ?? 'gone') }, value ?? 'gone')])) : h('p', { class: 'none' }, this.cards === 'knows' ? 'nothing yet' : 'nothing to show'));
    }));
  }

  /** Streamlit keeps only the last trigger while a run is pending: send all that the document has not acknowledged. */
  emit(event, value) {
    this.seq = Math.max(this.seq, this.doc.ack ?? 0) + 1;
    this.queue.push({ ...value, event, seq: this.seq });
    this.send('events', this.queue);
    this.waiting();
  }

  /** Tell the page around it how many events are on their way. */
  waiting() { window.dispatchEvent(new CustomEvent('oauth-sandbox-waiting', { detail: this.queue.length })); }

  /** The host has found its server again: what was sent meanwhile is sent once more. */
  reconnected() { if (this.queue.length) this.send('events', this.queue); }

  destroy() { this.off.abort(); clearInterval(this.timer); clearTimeout(this.urlTimer); this.root.remove(); }
}
Object.assign(Stepper.prototype, ROOM, FILMED, KEYS, LINKED);

/** After the last step: what to take home, the learner's answers, and where to go on. */
function endCard(ui) {
  const { lesson, next, again = [], picture } = ui.doc.end, run = ui.views[0].run;
  const mine = allQuestions(run).map((q) => [q, answered.get(ui.asked(run, q))]), right = mine.filter(([q, said]) => said && said === q.right).length;
  const told = ([q, said]) => h('li', { class: said === q.right ? 'yes' : said ? 'no' : false }, h('i', { 'aria-hidden': true }, said === q.right ? '✓' : said ? '✕' : '–'),
    h('span', {}, q.question, h('small', {}, said ? `You said: ${textsOf(q, said).join(', ')}` : 'You did not say.')), h('button', { type: 'button', class: 'small', onclick: () => ui.user(ui.lastOf(q.step)) }, 'See it'));
  return h('div', { class: 'end', tabindex: -1, 'data-focus': 'end' }, h('h3', {}, 'What to take home'), h('blockquote', {}, lesson),
    mine.some(([, said]) => said) ? h('section', {}, h('h4', {}, `Your answers: ${right} of ${mine.length}`), h('ul', { class: 'answered' }, ...mine.map(told))) : null,
    ui.doc.game ? h('button', { type: 'button', class: 'nav', 'data-focus': 'your-turn', onclick: () => ui.begin() }, icon('mask'), 'Your turn: be Mallory') : null,
    h('div', { class: 'onward' }, next && ui.link ? ui.link(next.to, { class: 'nav primary', 'data-focus': 'next-lesson' }, [`Next: ${next.title}\u00a0→`]) : null,
      picture ? h('button', { type: 'button', class: 'nav', title: 'Title, verdict and the messages that decided, as a picture', onclick: (e) => copyPicture(e.target, picture) }, 'Copy a picture') : null),
    again.length ? h('section', {}, h('h4', {}, 'Again, with one thing changed'), h('ul', { class: 'again' }, ...again.map(([says, code], which) => h('li', {}, h('button', { type: 'button', class: 'nav', onclick: () => ui.emit('again', { which }) }, says, h('small', {}, code)))))) : null);
}

/** What each party knows, or the state it shows, after moment n: rows of name, value and the moment that brought it, newest first. */
function fold(run) {
  return (mode, n) => {
    const out = new Map();
    for (const moment of run.moments.slice(0, n)) {
      for (const [party, name, value] of (mode === 'knows' ? moment.learns : moment.state) ?? []) {
        if (!out.has(party)) out.set(party, []);
        const rows = out.get(party), old = mode === 'knows' ? -1 : rows.findIndex((r) => r[0] === name);
        if (old >= 0) rows.splice(old, 1);
        rows.unshift([name, value, moment.n]);
      }
    }
    if (mode !== 'knows') for (const [party, rows] of out) out.set(party, rows.filter((r) => r[1] !== null || r[2] === n));
    return out;
  };
}

/** Offline page: one stepper in `parent`, showing `doc`; edits have no server to go to.  With `doc.asks` questions come before outcomes. */
export function mount(parent, doc) {
  const stepper = new Stepper(parent, { url: 'hash' }), given = {};
  let all = !doc.asks;
  const shown = () => (all ? { ...doc, answers: given } : closed(doc, given));
  stepper.root.classList.add('offline');
  stepper.send = (_, events) => {
    const last = events.at(-1);
    if (last.event === 'answer') given[last.question] = last.answer; else if (last.event === 'reveal') all = true; else return;
    stepper.update({ ...shown(), ack: last.seq });
  };
  stepper.update(doc.asks ? shown() : doc);
  return stepper;
}

/** The moment that is asked about, without what came of it. */
const askedAbout = (m) => (m.kind === 'request' ? { ...m, blocked: false, led: undefined } : { n: m.n, step: m.step, time: m.time, clock: m.clock, id: `${m.step}/asked`, kind: 'local', asked: true, title: 'What comes of it?', from: m.to, to: m.to, chip: 'Local work' });

/** The run until its first open question, as views/stepper/closed.py does it for who is asked by a server.  Here it only hides. */
function closed(doc, answers) {
  const [run] = doc.panes, open = allQuestions(run).find((q) => !Object.hasOwn(answers, q.key));
  if (!open) return { ...doc, answers, open: null };
  const { step } = open, before = open.when === 'before', names = Object.keys(run.steps), mine = questionsOf(run, step), { right: _, ...question } = mine.find((q) => q.key === open.key);
  const last = before ? open.at : run.moments.findLastIndex((m) => m.step === step) + 1;
  const questions = [...mine.slice(0, mine.findIndex((q) => q.key === open.key)), question];
  const steps = Object.fromEntries(names.slice(0, names.indexOf(step) + 1).map((id) => [id, id === step ? { ...run.steps[id], questions } : run.steps[id]]));
  const moments = run.moments.slice(0, last).map((m, i) => (before && i === last - 1 ? askedAbout(m) : m));
  const timeline = doc.timeline.slice(0, last).map((t, i) => ({ ...t, id: moments[i].id }));
  const seen = !before && run.verdict.at && run.verdict.at <= last, verdict = seen ? { ...run.verdict, detail: '', by: '' } : { word: '', tone: 'none', sentence: '', detail: '', at: null, by: '' };
  return { ...doc, panes: [{ ...run, verdict, steps, moments }], timeline, answers, open: open.key, revealable: true };
}

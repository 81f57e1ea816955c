// A room in the browser: the learner's page, the instructor's desk, and the wall.  SHEET, and the stepper's own scripts, stand before this one.
//
// What is new comes by a websocket as one view (sandbox/room/sight.py says what is in it), what somebody does goes by POST, and the runs
// are fetched as they are needed.  Streamlit has mounted this once and hears only that somebody looks around, or has left.

const sheet = new CSSStyleSheet();
sheet.replaceSync(SHEET);
const AGAIN_MS = [300, 700, 1500, 3000];           // until the connection, or an answer on its way, is tried again
const PLACE_MS = 400, PULSE_MS = 20000;            // between two words on where one is; and without news
const SCANT = '(max-width: 640px), (max-height: 800px)';   // windows in which the run has no room to spare
const HEARTBEAT_MS = 1000;                         // of the clock on the desk
const KEPT = [
  'Kept in the room: the name that you choose, your answers, votes, and which items you have seen to their end.',
  'If the instructor gives everybody a live world: which one is yours. You and the instructor see what is asked of it; if the instructor lets neighbours look, the others see it and your name beside it.',
  'Not kept: where you are just now, your address, anything else about you. Your browser gets a random cookie, so that it is the same person when it comes back.',
  'Who sees answers and votes: you and the instructor; the others see counts alone.',
  'How long: until the instructor ends the room, or a day after its last use. “Leave” forgets your name and answers at once.',
];

const minutes = (seconds) => `${Math.floor(Math.max(0, seconds) / 60)}:${String(Math.floor(Math.max(0, seconds) % 60)).padStart(2, '0')}`;
const percent = (count, all) => (all ? Math.round((100 * count) / all) : 0);

/** Fill a place with parts, [name, what it depends on, how it is made]: one that is as before stays, with its focus and what is open in it. */
function fill(place, parts) {
  const had = place.parts ?? new Map(), now = new Map();
  for (const [name, on, make] of parts.filter(Boolean)) {
    const text = JSON.stringify(on), old = had.get(name);
    now.set(name, old?.text === text ? old : { text, node: make(old?.node) });
  }
  const wanted = [...now.values()].map(({ node }) => node);
  for (const node of [...place.childNodes]) if (!wanted.includes(node)) node.remove();
  wanted.forEach((node, i) => { if (place.childNodes[i] !== node) place.insertBefore(node, place.childNodes[i] ?? null); });
  place.parts = now;
}

class Room {
  constructor(parent, tell) {
    this.tell = tell; this.tries = 0; this.docs = new Map(); this.follows = true; this.learnsToo = false; this.item = 0; this.pending = new Map();
    this.bar = h('div', { class: 'roombar' });
    this.note = h('div', { class: 'roomnote', role: 'status' });
    this.head = h('div', { class: 'roomhead' });
    this.mine = h('div', { class: 'roomworld' });
    this.strip = h('div', { class: 'strip' });
    this.stage = h('div', { class: 'roomstage' });
    this.side = h('aside', { class: 'roomside', 'aria-label': 'Desk' });
    this.main = h('div', { class: 'roommain' }, this.head, this.mine, this.strip, this.stage);
    this.root = h('div', { class: 'room', 'data-role': 'none' }, this.bar, this.note, h('div', { class: 'roombody' }, this.main, this.side));
    parent.append(this.root);
    this.beat = setInterval(() => this.tick(), HEARTBEAT_MS);
    this.pulse = setInterval(() => this.place(true), PULSE_MS);
  }

  /** `config`: the room's code, on which page this is, and the instructor's key where the room was opened just now. */
  configure(config) {
    if (JSON.stringify(config) === JSON.stringify(this.config)) return;
    const other = this.config?.code !== config.code, moved = this.config?.page !== config.page;
    this.config = config;
    if (!other) { if (moved) this.reconnect(); else this.draw(); return; }
    this.base = new URL(`room/${config.code}/`, document.baseURI);
    const key = config.key || new URLSearchParams(location.hash.slice(1)).get('desk');
    if (key) this.claim(key); else this.connect();
  }

  get wall() { return this.config.page === 'wall'; }
  get desk() { return this.view?.role === 'desk' && this.config.page === 'desk'; }
  get leads() { return this.view?.role === 'desk' && this.config.page !== 'learner'; }

  async claim(key) {
    const done = await this.post('claim', { key });
    this.key = key;
    history.replaceState(history.state, '', location.pathname + location.search);        // the key stands in no address that somebody may copy by accident
    if (done) { try { sessionStorage.setItem(`room-${this.config.code}`, key); } catch { /* then the link is shown until the page is loaded anew */ } }
    this.connect();
  }

  get secret() { try { return this.key ?? sessionStorage.getItem(`room-${this.config.code}`); } catch { return this.key ?? null; } }

  // ---- the connection
  connect() {
    if (this.over) return;
    const address = new URL(`live?as=${this.config.page}`, this.base);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = this.socket = new WebSocket(address);
    socket.addEventListener('open', () => { this.tries = 0; this.opened = 0; this.root.dataset.connected = 'true'; this.flush(); });
    socket.addEventListener('message', ({ data }) => { if (socket === this.socket) this.take(JSON.parse(data)); });
    socket.addEventListener('close', () => {
      if (socket !== this.socket || this.over) return;
      this.root.dataset.connected = 'false';
      setTimeout(() => { if (this.root.isConnected) this.connect(); }, AGAIN_MS[Math.min(this.tries++, AGAIN_MS.length - 1)]);
    });
  }

  reconnect() { const old = this.socket; this.socket = null; old?.close(); this.connect(); }

  /** What the server says is shown; a sentence of it about what cannot be done is shown, too. */
  async post(what, body) {
    try {
      const answer = await fetch(new URL(what, this.base), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
      if (answer.status >= 500) throw new Error(String(answer.status));
      const told = await answer.json().catch(() => ({}));
      this.say(answer.ok ? '' : told.error ?? 'That did not work.');
      return answer.ok ? told : null;
    } catch { this.say('The room does not answer just now. It is tried again.'); return undefined; }
  }

  say(text) { this.note.textContent = visible(text); this.note.hidden = !text; }

  act(command) { return this.post('do', command); }

  // ---- what is new
  take(view) {
    if (view.gone) { const was = this.view; this.over = true; this.view = null; this.ended(was); return; }
    for (const once of ['items', 'neighbours']) view[once] ??= this.view?.[once];           // told again only when they have changed
    this.view = view;
    this.skew = view.now ? view.now - Date.now() / 1000 : 0;
    this.draw();
  }

  draw() {
    const { view } = this;
    if (!view) return;
    const role = view.role === 'stranger' ? (view.leads && !this.learnsToo ? 'leader' : 'stranger') : this.leads ? (this.wall ? 'wall' : 'desk') : 'learner';
    this.root.dataset.role = role;
    this.root.classList.toggle('around', Boolean(this.config.around));
    if (role === 'stranger' && this.config.around) {
      fill(this.bar, [['stranger', view, () => h('div', { class: 'row' }, h('b', {}, view.title), h('span', { class: 'soft' }, `Room ${view.code}`), h('button', { type: 'button', class: 'small primary', onclick: () => this.tell('around', false) }, 'Join'), h('button', { type: 'button', class: 'small', onclick: () => this.out() }, 'Not now'))]]);
      return;
    }
    if (role === 'stranger') { if (!this.asking) this.ask(); return; }
    if (role === 'leader') { this.leading(); return; }
    this.asking = false;
    if (role === 'learner' && view.together !== this.together) this.follows = view.together;      // all come together again, or part
    this.together = view.together;
    if (!this.item || (this.follows && role === 'learner') || role !== 'learner') this.item = view.position.item;
    this.barred(role);
    this.stripped(role);
    this.headed(role);
    this.worlded(role);
    if (role === 'desk') this.sided();
    if (!this.config.around) this.shown();
    this.flush();
  }

  // ---- joining and leaving
  /** The instructor on a page that is neither desk nor wall. */
  leading() {
    if (!this.config.around) this.tell('around', true);
    const desk = new URL(`workshop?room=${this.config.code}`, document.baseURI).href;
    fill(this.bar, [['leader', '', () => h('div', { class: 'row' }, h('b', {}, this.view.title), h('span', { class: 'soft' }, `You lead room ${this.view.code}.`), h('a', { class: 'small', href: desk }, 'To the desk'),
      h('button', { type: 'button', class: 'small', onclick: () => { this.learnsToo = true; this.tell('around', false); this.draw(); } }, 'Join as a learner, too'))]]);
  }

  ask() {
    this.asking = true;
    const { view } = this, { title, joining, code } = view;
    const name = h('input', { type: 'text', maxlength: 40, required: true, autocomplete: 'nickname', 'aria-label': 'Your name in this room', placeholder: 'Your name in this room' });
    const form = h('form', { class: 'join', onsubmit: async (e) => { e.preventDefault(); if (await this.act({ do: 'join', name: name.value })) this.reconnect(); } },
      h('h1', {}, title), h('p', {}, `Room ${code}. No account is needed.`), joining ? h('div', { class: 'row' }, name, h('button', { type: 'submit', class: 'nav primary' }, 'Join')) : h('p', {}, 'Joining is closed just now: ask the instructor to open it.'),
      h('ul', {}, ...KEPT.map((line) => h('li', {}, line))), h('button', { type: 'button', class: 'small', onclick: () => this.out() }, 'Not now'));
    for (const part of [this.bar, this.head, this.mine, this.strip, this.side]) fill(part, []);
    this.stage.replaceChildren();
    this.stepper?.destroy(); this.stepper = null;
    fill(this.head, [['join', view, () => form]]);
    name.focus({ preventScroll: true });
  }

  async out(forget = false) {
    if (forget && !await this.act({ do: 'leave' })) return;
    await this.post('leave', {});
    this.over = true;
    this.socket?.close();
    this.tell('left', this.config.code);
  }

  ended(was) {
    this.stepper?.destroy(); this.stepper = null;
    this.root.dataset.role = 'none';
    for (const part of [this.bar, this.mine, this.strip, this.side]) fill(part, []);
    this.stage.replaceChildren();
    fill(this.head, [['ended', '', () => h('div', { class: 'join' }, h('h1', {}, was ? 'The room has ended' : 'There is no such room'), h('p', {}, was ? 'What was said in it is erased.' : 'It has ended, or the code is another one.'), h('button', { type: 'button', class: 'nav', onclick: () => this.out() }, 'On to the sandbox'))]]);
  }

  // ---- the bar
  barred(role) {
    const { view } = this, { around } = this.config, button = (text, act, attrs = {}) => h('button', { type: 'button', class: 'small', onclick: act, ...attrs }, text);
    if (role === 'wall') { fill(this.bar, []); return; }
    if (role === 'desk') {
      fill(this.bar, [['desk', [view.title, around], () => h('div', { class: 'row' }, h('b', {}, view.title), h('span', { class: 'soft' }, `Room ${view.code}`), around ? button('Back to the desk', () => this.tell('around', false), { class: 'small primary' }) : null, h('span', { class: 'grow' }), this.clock = h('output', { class: 'clock' }))]]);
      this.tick();
      return;
    }
    const here = view.items[view.position.item - 1];
    const rename = () => { const name = prompt('Your name in this room', view.me.name); if (name) this.act({ do: 'call', name }); };
    const state = around ? [h('span', { class: 'soft' }, `The room is at ${view.position.item}. ${here.title}${view.open ? ', with a question' : ''}`), button('Back to the room', () => { this.follows = true; this.tell('around', false); }, { class: 'small primary' })]
      : view.together ? [this.follows ? h('span', { class: 'following' }, '● Following') : button('Back to the instructor', () => this.follow(), { class: 'small primary' }), this.follows ? button('Look around', () => { this.follows = false; this.draw(); this.place(); }) : null]
        : [h('span', { class: 'soft' }, 'At your own pace')];
    fill(this.bar, [['learner', [view.title, view.me, around, view.together, this.follows, around && [view.position.item, view.open]], () => h('div', { class: 'row' }, h('b', {}, view.title), button(view.me.name, rename, { title: 'Change your name in this room', class: 'small who' }), ...state, h('span', { class: 'grow' }),
      h('a', { class: 'small', href: new URL('mine.html', this.base).href, download: 'my-answers.html' }, 'My answers'),
      button('Leave', () => { if (confirm('Leave the room? Your name and answers in it are forgotten.')) this.out(true); }))]]);
  }

  follow() { this.follows = true; this.draw(); this.place(); }

  // ---- what stands above the run
  headed(role) {
    const { view } = this, item = view.items[this.item - 1];
    const lobby = role === 'wall' && !view.begun && view.position.item === 1 && view.position.step === 1;
    this.root.classList.toggle('lobby', lobby);
    if (this.config.around) { fill(this.head, []); return; }
    if (lobby) { fill(this.head, [['title', view.title, () => h('h1', {}, view.title)], ['invite', view.people, () => this.invitation()]]); return; }
    const asks = view.open && !this.spread && (view.answered > 0 || this.reached(view));
    fill(this.head, [role === 'learner' && !this.follows ? ['pick', [this.item, view.seen], () => this.choice((n) => { this.item = n; this.draw(); this.place(); })] : null,
      ['title', this.item, () => h('div', { class: 'roomtitle' }, h('h1', {}, view.items.length > 1 ? `${this.item}. ${item.title}` : item.title), h('p', {}, item.story))],
      role === 'wall' ? ['now', [asks, view.answered, view.people], () => h('div', { class: 'joinnow' }, h('b', {}, view.code), h('span', {}, asks ? `${view.answered} of ${view.people} answered` : `${view.people} here`))] : null]);
  }

  choice(go) {
    const list = h('select', { 'aria-label': 'Item', onchange: () => go(Number(list.value)) }, ...this.view.items.map((item, i) => h('option', { value: i + 1, selected: i + 1 === this.item }, `${i + 1}. ${item.stage ? `${item.stage}: ` : ''}${item.title}${this.view.seen?.includes(i + 1) ? ' ✓' : ''}`)));
    return list;
  }

  get link() { return new URL(`./?room=${this.view.code}`, document.baseURI).href; }

  invitation() {
    return h('div', { class: 'invitation' }, h('img', { src: new URL('qr.svg', this.base).href, alt: 'QR code of the link to this room', width: 240, height: 240 }), h('div', {}, h('p', {}, 'Join at'), h('b', { class: 'address' }, this.link.replace(/^https?:\/\//, '')), h('p', {}, `${this.view.people} ${this.view.people === 1 ? 'person is' : 'people are'} here`)));
  }

  // ---- own worlds
  /** The addresses of somebody's world: what a client is pointed at, and the page that shows it. */
  world(key) { return { address: new URL(`world/${key}`, document.baseURI).href, page: new URL(`live?world=${key}`, document.baseURI).href }; }

  worlded(role) {
    const { view } = this, { worlds, neighbours, world, me } = view;
    if (role === 'learner' && worlds && this.opened !== worlds.order) { this.opened = worlds.order; this.post('world', {}); }
    if (role !== 'learner' || !worlds || this.config.around) { fill(this.mine, []); return; }
    const others = neighbours.filter(([number]) => number !== me.number);
    const line = (key, look, before = []) => h('div', { class: 'row' }, ...before, h('code', {}, this.world(key).address), h('a', { class: 'small', href: this.world(key).page, target: `world-${key}` }, look), h('button', { type: 'button', class: 'small', onclick: () => copyText(this.world(key).address) }, 'Copy'));
    fill(this.mine, [['own', world, () => (world ? line(world, 'Open it', [h('b', {}, 'Your own world')]) : h('p', { class: 'soft' }, 'Your own world is being opened …'))],
      others.length ? ['others', others, (old) => h('details', { open: old?.open }, h('summary', {}, `Worlds of the others: ${others.length}`), h('ul', {}, ...others.map(([, name, key]) => h('li', {}, line(key, 'Look', [h('b', {}, name)])))))] : null]);
  }

  // ---- votes and spreads
  stripped(role) {
    const { view } = this, { vote } = view, before = this.strip.offsetHeight;
    const here = view.position.item, last = Object.keys(view.spreads).at(-1), shows = vote && vote.item === here && (vote.open || (view.position.own && (role !== 'learner' || this.item === here) && this.hidden !== this.votes(vote)));
    const told = last && this.spreads(last) && (role !== 'learner' || this.item === here) && this.hidden !== last ? view.spreads[last] : null;
    if (role === 'wall' && !(vote?.open && shows) && this.past(shows ? this.votes(vote) : told && last)) { this.spread = false; fill(this.strip, []); return; }
    this.spread = Boolean(told && !shows);
    fill(this.strip, [shows ? ['vote', [vote, view.choice, view.votes, view.people, role], () => this.voting(role, vote)] : told ? ['spread', [last, told], () => this.bars(told.question, told.rows, role === 'wall' ? null : () => { this.hidden = last; this.stripped(role); })] : null]);
    if (this.strip.offsetHeight !== before) this.fit();
  }

  /** On the wall, what was said is shown until the room goes on: nobody has to hide it there. */
  past(name) {
    if (!name) return false;
    const here = JSON.stringify(this.view.position);
    if (this.spoken?.name !== name) this.spoken = { name, here };
    return this.spoken.here !== here;
  }

  votes(vote) { return `vote ${vote.item} ${vote.counts}`; }

  /** Whether what the room said is still shown: until everybody is at the next question. */
  spreads(last) {
    const { position } = this.view;
    if (this.since?.last !== last) this.since = { last, step: position.step };
    return position.own && !(position.step > this.since.step && this.reached(this.view));
  }

  /** Whether the room has come to the question that is open. */
  reached({ position, open, here }) {
    const doc = this.docs.get(here);
    return Boolean(open && doc?.open && position.step >= doc.timeline.length);
  }

  bars(title, rows, shut = null) {
    const all = rows.reduce((sum, [, count]) => sum + count, 0);
    const right = rows.find((row) => row[2]), told = right ? `✓ ${all ? `${right[1]} of ${all}: ` : ''}${right[0]}` : '';
    return this.folding('What the room said', '', title, `${all} ${all === 1 ? 'answer' : 'answers'}`, shut, shut ? told : '',
      h('ul', {}, ...rows.map(([text, count, right]) => h('li', { class: right ? 'right' : false }, h('i', { class: 'fill', style: `--part: ${percent(count, all)}%` }), h('span', {}, right ? '✓ ' : '', text), h('b', {}, `${count}`)))));
  }

  /** A heading that the rest folds below; in a scant window it begins folded where `short` says it all, so that the run stays in view. */
  folding(label, kind, title, count, shut, short, ...rest) {
    const folded = h('details', { class: `spread ${kind}`, 'aria-label': label, open: !short || !matchMedia(SCANT).matches, ontoggle: () => this.fit() },
      h('summary', { class: 'top' }, h('b', {}, title), h('span', { class: 'soft' }, count), short ? h('span', { class: 'short' }, short) : null), ...rest);
    return shut ? h('div', { class: 'shuts' }, folded, h('button', { type: 'button', class: 'small', 'aria-label': 'Hide', onclick: shut }, '✕')) : folded;
  }

  voting(role, vote) {
    const mine = this.view.choice, counts = vote.counts ?? (role === 'desk' ? this.view.votes : null), all = vote.cast;
    const best = counts ? counts.indexOf(Math.max(...counts)) : 0, short = vote.open || role !== 'learner' ? '' : `${counts[best]} of ${all}: ${vote.options[best]}`;
    return this.folding('Vote', 'vote', 'Which defence next?', vote.open ? `${all} of ${this.view.people} have voted` : `${all} ${all === 1 ? 'vote' : 'votes'}`, vote.open || role === 'wall' ? null : () => { this.hidden = this.votes(vote); this.stripped(role); }, short,
      h('ul', {}, ...vote.options.map((text, i) => h('li', { class: mine === i + 1 ? 'mine' : false }, counts ? h('i', { class: 'fill', style: `--part: ${percent(counts[i], all)}%` }) : null,
        role === 'learner' && vote.open ? h('button', { type: 'button', 'aria-pressed': String(mine === i + 1), onclick: () => this.act({ do: 'choose', option: i + 1 }) }, text) : h('span', {}, text), counts ? h('b', {}, `${counts[i]}`) : null,
        role === 'desk' && !vote.open ? h('button', { type: 'button', class: 'small run', onclick: () => this.post('won', { option: i + 1 }) }, 'Run it') : null))));
  }

  // ---- the run
  async shown() {
    const { view } = this, at = this.item === view.position.item && (this.leads || this.follows), name = at ? view.here : view.docs[this.item - 1];
    let doc = this.docs.get(name);
    if (!doc) {
      this.wanted = name;
      const asked = new URL(`run?${this.wall || this.leads ? 'wall&' : ''}${at ? '' : `item=${this.item}`}`, this.base);
      let which = name;
      doc = await fetch(asked).then((answer) => { which = answer.headers.get('X-Run') ?? name; return answer.ok ? answer.json() : null; }).catch(() => null);
      if (!doc) { this.later(name); return; }
      this.docs.set(which, doc);                       // the room may have gone on since it was asked for
      while (this.docs.size > 30) this.docs.delete(this.docs.keys().next().value);
      if (this.wanted !== name || !this.view || this.config.around) return;
      if (which !== name) { this.later(name); return; }
      this.draw();                                     // what stands above the run depends on it, too
      return;
    }
    this.wanted = name;
    if (at) this.drawn = this.position();              // the run on show, which may be left already
    this.mounted();
    const answers = this.answers(), told = `${name} ${JSON.stringify(answers)} ${this.config.page}`;
    if (told !== this.told) {
      this.told = told;
      this.quiet = true;
      this.stepper.update({ ...doc, answers, ack: this.stepper.seq, item: this.item, items: view.items.length, present: this.wall, watching: this.leads, changeable: !this.leads && view.together, patient: true, scenario: `${doc.scenario}@${this.item}` });
      this.quiet = false;
    }
    if ((this.follows || this.leads) && this.item === view.position.item) this.to(view.position.step);
    this.fit();
    this.place();
    this.finished();
  }

  /** Try once more in a moment, unless something else is wanted by then. */
  later(name) { if (this.wanted === name) setTimeout(() => { if (this.root.isConnected && this.wanted === name && this.view) this.draw(); }, AGAIN_MS[2]); }

  answers() {
    const prefix = `${this.item}.`, given = { ...(this.view.answers ?? {}), ...Object.fromEntries(this.pending) };
    return Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith(prefix)).map(([name, said]) => [name.slice(prefix.length), said]));
  }

  mounted() {
    if (this.stepper) return;
    const root = this.root.getRootNode();
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    this.told = '';
    this.stepper = new Stepper(this.stage, { url: '' });
    this.stepper.send = (_, events) => this.heard(events.at(-1));
    this.stepper.moved = () => { if (!this.quiet) this.stepped(); };
  }

  fit() { if (this.stepper?.doc) { this.stepper.settle(); } }

  /** Go where the instructor is, unless that is where this is, or a move of one's own is on its way there. */
  to(step) {
    if (this.moving) return;
    const stepper = this.stepper, i = Math.max(0, Math.min(step, stepper.doc.timeline.length) - 1);
    if (stepper.at === i) return;
    stepper.autoplay(false);
    stepper.show(i);
    stepper.mark();
  }

  /** Somebody has stepped here: the instructor takes the room along, a learner looks around. */
  stepped() {
    const { view, stepper } = this, step = stepper.at + 1;
    if (this.leads) this.lead({ do: 'step', at: { ...this.drawn, step } });
    else if (this.follows && view.position.step !== step) { this.follows = false; this.draw(); }
    this.place();
    this.finished();
  }

  position() { const { item, profile = '', changes = [] } = this.view.position; return { item, profile, changes }; }

  /** The latest move of several that are made quickly: one is on its way at a time. */
  lead(command) {
    if (command.do === 'step' && this.going?.do === 'move') return;      // of a run that is being left
    this.going = command;
    if (this.moving) return;
    this.moving = true;
    (async () => {
      while (this.going) { const next = this.going; this.going = null; await this.act(next); }
      this.moving = false;
    })();
  }

  turn(item) { if (item >= 1 && item <= this.view.items.length) { this.item = item; this.lead({ do: 'move', to: { item } }); } }

  heard(event) {
    this.stepper.queue = [];
    if (event.event === 'turn' && this.leads) this.turn(this.view.position.item + event.by);
    else if (event.event === 'answer' && !this.leads) { this.pending.set(`${this.item}.${event.question}`, event.answer); this.flush(); }
  }

  /** Answers that are on their way: each is sent until the room has it, or says why not. */
  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    for (const [question, said] of [...this.pending]) {
      const done = await this.act({ do: 'say', question, said });
      if (done === undefined) { setTimeout(() => this.flush(), AGAIN_MS[2]); break; }
      if (this.pending.get(question) !== said) continue;
      this.pending.delete(question);
      if (done === null) { this.told = ''; this.draw(); } else if (this.view?.answers) this.view.answers[question] = said;
    }
    this.flushing = false;
  }

  /** Say where this learner is, not too often. */
  place(again = false) {
    if (this.view?.role !== 'learner') return;
    clearTimeout(this.placing);
    this.placing = setTimeout(() => {
      const now = JSON.stringify([this.item || 1, (this.stepper?.at ?? 0) + 1, this.follows && !this.config.around]);
      if ((again || now !== this.placed) && this.socket?.readyState === WebSocket.OPEN) { this.placed = now; this.socket.send(now); }
    }, PLACE_MS);
  }

  finished() {
    const { stepper, view } = this, { doc } = stepper;
    if (view.role !== 'learner' || this.leads || doc.open || stepper.at < doc.timeline.length - 1 || view.seen.includes(this.item) || this.telling === this.item) return;
    this.telling = this.item;
    this.act({ do: 'see', item: this.item });
  }

  // ---- the desk
  tick() {
    if (!this.clock?.isConnected || !this.view?.opened) return;
    const now = Date.now() / 1000 + this.skew, spent = this.view.begun ? now - this.view.begun : 0, planned = this.view.minutes * 60;
    this.clock.textContent = `${new Date().toTimeString().slice(0, 5)} · item ${minutes(spent)}${planned ? ` of ${minutes(planned)}` : ''}`;
    this.clock.classList.toggle('late', planned > 0 && spent > planned);
  }

  sided() {
    const { view } = this, n = view.position.item, next = view.items[n], voting = view.vote?.open && view.vote.item === n;
    const button = (text, act, attrs = {}) => h('button', { type: 'button', class: 'nav', onclick: act, ...attrs }, text);
    const part = (name, on, ...make) => [name, on, () => h('section', { 'data-part': name }, ...make.map((each) => each()))];
    const box = (name, on, title, make, open = false) => [name, on, (old) => h('details', { 'data-part': name, open: old ? old.open : open }, h('summary', {}, title), ...make())];
    const file = (name, text) => h('a', { class: 'small', href: new URL(name, this.base).href, download: name }, text);
    const toggle = (on, text, act, title) => h('button', { type: 'button', class: 'toggle', role: 'switch', 'aria-checked': String(on), title, onclick: () => act(!on) }, text);
    const row = (...inside) => h('div', { class: 'row' }, ...inside);
    const focus = this.side.getRootNode().activeElement?.closest?.('[data-part]')?.dataset.part;
    fill(this.side, [
      part('items', [n, view.position.own, view.note], () => row(button('←', () => this.turn(n - 1), { disabled: n === 1, 'aria-label': 'Previous item' }), this.choice((to) => this.turn(to)), button('→', () => this.turn(n + 1), { disabled: !next, 'aria-label': 'Next item' })),
        () => (view.position.own ? h('span') : h('p', { class: 'soft' }, 'In another setting. ', button('Back to the item’s own', () => this.lead({ do: 'move', to: { item: n } }), { class: 'small' }))),
        () => h('p', { class: 'soft' }, next ? `Next: ${next.title}` : 'This is the last item.'), () => (view.note ? h('p', { class: 'mynote' }, view.note) : h('span'))),
      view.asks ? part('question', [view.asks, view.answered, view.people], () => h('h2', {}, `${view.answered} of ${view.people} answered`), () => this.bars(view.asks.question, view.asks.spread.rows ?? []), () => row(button('Reveal', () => this.act({ do: 'reveal', question: `${n}.${view.open}` }), { class: 'nav primary' }))) : null,
      view.options > 1 && !view.asks ? part('vote', [n, Boolean(voting)], () => row(voting ? button('End the vote', () => this.act({ do: 'count' }), { class: 'nav primary' }) : button('Vote: which defence next?', () => this.post('ask', {})))) : null,
      part('modes', [view.together, view.joining], () => row(toggle(view.together, 'Together', (on) => this.act({ do: 'lead', together: on }), 'Off: everybody at their own pace'), toggle(view.joining, 'Joining', (on) => this.act({ do: 'admit', joining: on }), 'Off: nobody else can join'))),
      box('people', view.everybody, `People: ${view.people}`, () => [view.people ? h('ul', { class: 'people' }, ...view.everybody.map((person) => this.person(person))) : h('p', { class: 'soft' }, 'Nobody yet: show the wall, or send the link.')], true),
      box('worlds', [view.worlds, view.own, n], view.worlds ? `Worlds: ${view.own.length} of ${view.people}` : 'Worlds of their own', () => this.owned(row, toggle)),
      box(view.begun ? 'invite' : 'lobby', view.people, `Invite: ${view.code}`, () => [this.invitation(), row(button('Copy the link', () => copyText(this.link), { class: 'small' }), this.secret ? button('Copy my own link', () => copyText(`${new URL(`workshop?room=${this.config.code}`, document.baseURI).href}#desk=${this.secret}`), { class: 'small', title: 'Whoever has it leads this room: for your other computer' }) : null)], !view.begun),
      box('take', '', 'Take home', () => [row(file('report.html', 'Report'), file('report.csv', 'CSV'), file('report.json', 'JSON'), file('handout.html', 'Handout'), file('room.zip', 'Playlist and files'))]),
      part('end', '', () => row(h('a', { class: 'nav', href: new URL(`workshop?room=${this.config.code}&present=1`, document.baseURI).href, target: 'room-wall' }, 'Open the wall'), button('Files', () => this.tell('around', true), { title: 'The files of this session; the room goes on' }), h('span', { class: 'grow' }), button('End the room', () => { if (confirm('End the room? Names and answers are erased for good. Save the report before.')) this.post('end', {}); })))]);
    const lost = focus && !this.side.getRootNode().activeElement ? this.side.querySelector(`[data-part="${focus}"] :is(button, summary):not(:disabled)`) : null;
    lost?.focus({ preventScroll: true });
  }

  /** The worlds of everybody: given, shared, begun anew and taken, and what came of the requests to each. */
  owned(row, toggle) {
    const { worlds, own, position, items } = this.view, small = (text, act, attrs = {}) => h('button', { type: 'button', class: 'small', onclick: act, ...attrs }, text);
    if (!worlds) return [h('p', { class: 'soft' }, 'A live world for each person: real addresses, with the setting on show.'), row(small('Give everybody a world', () => this.act({ do: 'give' }), { class: 'small primary' }))];
    const sure = (text, command) => { if (confirm(text)) this.act(command); };
    return [h('p', { class: 'soft' }, `They began with the setting of ${worlds.item}. ${items[worlds.item - 1].title}.`),
      row(toggle(worlds.shared, 'Neighbours look', (on) => this.act({ do: 'share', on }), 'On: people see each other’s worlds, and their addresses; they cannot change them')),
      row(small(`Give the setting of ${position.item}`, () => sure('All worlds begin anew with the setting on show. Addresses and clients stay.', { do: 'give' })), small('Reset all', () => sure('All worlds begin anew. Addresses and clients stay.', { do: 'reset', person: 0 })), small('Take all back', () => sure('All worlds are closed.', { do: 'take' }))),
      h('ul', { class: 'people' }, ...own.map(({ number, name, world, asked, good, latest }) => h('li', {}, h('b', {}, name), h('a', { class: 'small', href: this.world(world).page, target: `world-${world}`, 'aria-label': visible(`See the world of ${name}`) }, 'See'), small('Reset', () => this.act({ do: 'reset', person: number }), { 'aria-label': visible(`Reset the world of ${name}`) }),
        h('div', { class: 'soft' }, asked ? `${good} of ${asked} ${asked === 1 ? 'request' : 'requests'} succeeded` : 'no request yet', ...[...latest].reverse().map(([text, status, well]) => h('div', { class: well ? 'well' : 'ill' }, `${well ? '✓' : '✗'} ${status} `, text))))))];
  }

  person({ number, name, answered, seen, thinks, where, still }) {
    const rename = () => { const other = prompt('Their name in this room', name); if (other) this.act({ do: 'rename', person: number, name: other }); };
    return h('li', { class: where ? false : 'away' }, h('b', {}, name), h('span', { class: 'soft' }, where ? `${where[0]}.${where[1]}${where[2] || !this.view.together ? '' : ' · looks around'}${thinks ? ' · thinking' : ''}${still ? ' · may want a hand' : ''}` : 'away', ` · ${answered} answered, ${seen} seen`),
      h('button', { type: 'button', class: 'small', 'aria-label': visible(`Rename ${name}`), title: 'Rename', onclick: rename }, '✎'), h('button', { type: 'button', class: 'small', 'aria-label': visible(`Remove ${name}`), title: 'Remove', onclick: () => { if (confirm(`Remove ${visible(name)}? Their answers are forgotten.`)) this.act({ do: 'remove', person: number }); } }, '✕'));
  }

  destroy() { clearInterval(this.beat); clearInterval(this.pulse); clearTimeout(this.placing); this.over = true; this.socket?.close(); this.stepper?.destroy(); this.root.remove(); }
}

const rooms = new WeakMap();         // Streamlit's parent element -> Room

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.getRootNode();
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  let room = rooms.get(parentElement);
  if (!room) rooms.set(parentElement, room = new Room(parentElement, setTriggerValue));
  room.configure(data);
  return () => setTimeout(() => { if (!room.root.isConnected) { room.destroy(); rooms.delete(parentElement); } });
}

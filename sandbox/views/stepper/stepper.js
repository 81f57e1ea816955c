// The stepper: diagram, message, token, checks and who-knows-what, for one run or up to three side by side.
//
// Two hosts use this file unchanged: Streamlit (the default export, called on mount and again whenever `data` or the theme
// changes) and the offline page (`mount`, see html/offline.py).  Everything that moves during stepping happens here; the host is told
// only about edits.  Every text of the document is data: it reaches the page through h() of dom.js, which stands before this script,
// through textContent or through safeSvg(), never as HTML.

const SVG_NS = 'http://www.w3.org/2000/svg';
const SPEEDS = [[1, 1600], [2, 800], [0.5, 3200]];   // factor, milliseconds per step
const FILM = 380, SLOW = 3;          // milliseconds per step of a film, and how many times that where it matters
const READABLE = 0.84;               // smallest scale of the wide drawing (its text is 11 px)
const LEAST = 0.8, SMALL = 0.64;     // smallest scale of the narrow one, alone and beside others; below, it scrolls sideways
const URL_WRITE_MS = 300;            // Safari refuses more than 100 replaceState calls in 30 s
const TABS = [['message', 'Message'], ['token', 'Token'], ['checks', 'Checks'], ['learned', 'Learned']];
const HOME = { checks: 'checks', local: 'learned', taken: 'learned', time: 'learned', skipped: 'learned' };   // else: message
const OUTCOME = { pass: ['ok', '✓', 'passed'], fail: ['bad', '✕', 'failed'], skipped: ['skip', '–', 'not performed'] };
const TONE = { good: '✓', bad: '✕', warn: '!', none: '–', info: 'i' };

// ---------------------------------------------------------------- SVG: copied by allow-list, never inserted
// SVG_ALLOWED stands before this script: diagram/allowed.json, by which the server has built what comes here.
const SVG_ELEMENTS = new Set(SVG_ALLOWED.elements);
const SVG_ATTRIBUTES = Object.entries(SVG_ALLOWED.attributes).map(([name, pattern]) => [name, new RegExp(`^(?:${pattern})$`)]);

/** SVG text -> a fresh <svg> built from allowed elements and attributes only, or null if it is not SVG. */
export function safeSvg(text) {
  const doc = new DOMParser().parseFromString(String(text), 'image/svg+xml');   // inert: no scripts, no loads
  const copy = (from) => {
    const to = document.createElementNS(SVG_NS, from.localName);
    for (const [name, ok] of SVG_ATTRIBUTES) {
      const value = from.getAttribute(name);
      if (value !== null && ok.test(value)) to.setAttribute(name, value);
    }
    for (const child of from.childNodes) {
      if (child.nodeType === 3 && from.localName === 'text') to.append(visible(child.data));
      else if (child.nodeType === 1 && child.namespaceURI === SVG_NS && SVG_ELEMENTS.has(child.localName)) to.append(copy(child));
    }
    return to;
  };
  const top = doc.documentElement;
  return top && top.namespaceURI === SVG_NS && top.localName === 'svg' && !doc.querySelector('parsererror') ? copy(top) : null;
}

const stepOf = (el) => Number(/(?:^| )s(\d+)(?: |$)/.exec(el.getAttribute('class') || '')?.[1] ?? 0);

// ---------------------------------------------------------------- panels: what one moment of one run shows
/** A field that can be clicked: `name`, what stands between, and the value; `path` is its name for edits and links. */
function fieldOf(ui, moment, path, ...children) {
  const edited = ui.doc.edits?.some((e) => e.message === moment.id && !e.problem && (e.field === path || e.field.startsWith(`${path}.`)));
  const choose = () => { if (getSelection().isCollapsed || ui.field !== path) ui.choose(ui.field === path ? null : path); };
  return h('span', { class: 'field' + (edited ? ' changed' : ''), role: 'button', tabindex: -1, 'data-path': path, 'data-focus': `field ${path}`, 'aria-pressed': String(ui.field === path),
    onclick: choose, onkeydown: (e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); ui.choose(ui.field === path ? null : path); } } }, ...children);
}

/** Up and down go from field to field, so that a message is one stop of the Tab key. */
function roving(box) {
  const fields = [...box.querySelectorAll('.field')], first = fields.find((f) => f.getAttribute('aria-pressed') === 'true') ?? fields[0];
  if (first) first.tabIndex = 0;
  box.addEventListener('keydown', (e) => {
    const to = { ArrowDown: 1, ArrowUp: -1 }[e.key], i = fields.indexOf(e.target);
    if (!to || i < 0) return;
    e.preventDefault();
    const next = fields[i + to];
    if (next) { fields[i].tabIndex = -1; next.tabIndex = 0; next.focus(); }
  });
  return box;
}

/** What a person sees: a small browser, drawn from texts.  Nothing in it can be pressed. */
const SCREEN = { h1: 'h4', p: 'p', li: 'li', button: 'span' };
function screenOf(screen) {
  if (!screen) return null;
  const bar = screen.address.length ? h('div', { class: 'address' }, ...screen.address.map(([text, lit]) => (lit ? h('mark', {}, text) : text))) : null;
  const field = ([, label, value, type]) => h('label', {}, label, h('span', { class: 'box' }, type === 'password' && value ? '\u2022'.repeat(8) : value));
  const items = (screen.items ?? []).map((item) => (item[0] === 'field' ? field(item) : h(SCREEN[item[0]] ?? 'p', item[0] === 'button' ? { class: 'press' } : {}, item[1])));
  const body = screen.goes ? [h('p', { class: 'fine' }, `Nothing to see: the browser goes on to ${screen.goes}.`)] : items.length ? items : [h('p', { class: 'fine' }, 'Waiting for the answer.')];
  return h('figure', { class: 'screen', 'aria-label': `What ${screen.of} shows` }, h('figcaption', {}, screen.of), bar, h('div', { class: 'page' }, ...body));
}

const JSON_COLOUR = (text) => (text.startsWith('"') ? 'js' : 'jn');

function httpMessage(parts, moment, ui) {
  return roving(h('pre', { class: 'code', role: 'group', 'aria-label': 'Message; up and down go from field to field' }, ...parts.map((part) => {
    if (!Array.isArray(part)) return part;
    const [path, name, between, value] = part.map(String), json = name.startsWith('"') || path.startsWith('json.');
    const shown = !name && !json ? (path === 'body' ? value : h('b', { class: path === 'method' ? 'k1' : false }, value)) : json && value ? h('span', { class: JSON_COLOUR(value) }, value) : value;
    return fieldOf(ui, moment, path, name ? h('span', { class: 'k2' }, name) : null, between === '=' ? h('span', { class: 'k0' }, between) : between, shown);
  })));
}

/** JSON with a note behind some members; `field(path, ...)` makes a member clickable. */
function jsonTree(value, notes = {}, indent = '', path = '', field = (_, ...children) => h('span', {}, ...children)) {
  const pad = indent + '  ', leaf = (cls, text) => h('span', { class: cls }, text);
  if (typeof value === 'string') return leaf('js', JSON.stringify(value));
  if (value === null || typeof value !== 'object') return leaf('jn', String(value));
  const list = Array.isArray(value), entries = Object.entries(value), out = h('span', {}, list ? '[' : '{');
  const deep = (item) => item !== null && typeof item === 'object';
  entries.forEach(([key, item], i) => {
    const at = `${path}.${key}`, name = list ? [] : [leaf('jk', JSON.stringify(key)), ': '], inner = jsonTree(item, {}, pad, at, field);
    out.append('\n' + pad, ...(deep(item) ? [field(at, ...name), inner] : [field(at, ...name, inner)]),
      i < entries.length - 1 ? ',' : '', Object.hasOwn(notes, key) ? leaf('jc', '  ' + notes[key]) : '');
  });
  out.append((entries.length ? '\n' + indent : '') + (list ? ']' : '}'));
  return out;
}

/** `in 5 min`, `2 h ago`: how far a time is from the virtual now. */
function distance(seconds) {
  const size = Math.abs(seconds), [n, unit] = size < 120 ? [size, 's'] : size < 7200 ? [size / 60, 'min'] : size < 172800 ? [size / 3600, 'h'] : [size / 86400, 'days'];
  const text = `${Math.round(n * 10) / 10} ${unit}`;
  return seconds === 0 ? 'now' : seconds > 0 ? `in ${text}` : `${text} ago`;
}

const HEAVY = 100; // bytes from which a claim's size is worth a note
const none = (text) => [h('p', { class: 'none' }, text)];

function tokenPanel(pane, moment, ui) {
  if (!moment.tokens) return none('There is no JWT in this message.');
  return moment.tokens.flatMap(([name, place, path]) => {
    const token = pane.tokens[place], notes = {}, at = path || name, field = (...args) => fieldOf(ui, moment, ...args);
    for (const [claim, size] of Object.entries(token.bytes ?? {})) if (size >= HEAVY) notes[claim] = `${size} bytes`;
    for (const [claim, [seconds, date]] of Object.entries(token.times)) notes[claim] = `${date}, ${distance(seconds - moment.time)}`;
    return [h('h4', {}, `${name}, ${token.raw.join('.').length} bytes`), h('div', { class: 'tok' }, ...token.raw.flatMap((part, i) => [i ? '.' : null, h('span', { class: 't' + i }, part)])),
      h('h5', {}, 'Header'), roving(h('pre', { class: 'code' }, jsonTree(token.header, {}, '', `${at}.header`, field))), h('h5', {}, 'Payload'), roving(h('pre', { class: 'code' }, jsonTree(token.payload, notes, '', `${at}.claims`, field))),
      h('h5', {}, 'Signature'), roving(h('p', { class: 'fine' }, field(`${at}.signature`, token.raw[2] ? `${token.raw[2].length} characters` : 'Empty'), token.raw[2] ? '; only a key can tell whether it fits.' : ': nothing vouches for this token.'))];
  });
}

function checksPanel(pane, checks) {
  if (!checks.length) return none('Nothing was checked for this message.');
  return [h('ul', { class: 'checks' }, ...checks.map(([name, outcome, expected, found]) => {
    const [cls, mark, word] = OUTCOME[outcome] ?? OUTCOME.skipped, known = pane.checks[name] ?? { sentence: name, ref: '' };
    const row = (label, value) => value ? h('small', {}, h('span', {}, label), value) : null;
    return h('li', { class: cls }, h('i', { 'aria-hidden': true }, mark), h('div', {}, h('p', {}, h('b', {}, name.replaceAll('_', ' ')), h('em', {}, word)),
      h('p', {}, known.sentence), row(outcome === 'skipped' ? 'because' : 'expected', expected), row('found', found), h('cite', {}, known.ref)));
  }))];
}

function learnedPanel(pane, moment) {
  const name = (id) => pane.parties.find((p) => p.id === id)?.name ?? id, out = [];
  if (moment.detail && !moment.message && moment.kind !== 'checks') out.push(h('p', { class: 'lead' }, moment.detail));
  for (const note of moment.notes ?? []) if (note !== moment.detail) out.push(h('p', { class: 'lead' }, note));
  const table = (head, rows) => rows.length ? out.push(h('h4', {}, head), h('table', {}, h('tbody', {}, ...rows.map((r) => h('tr', {}, ...r.map((cell, i) => h(i === 0 ? 'th' : 'td', i === 0 ? { scope: 'row' } : {}, cell))))))) : null;
  table('Who learns what', (moment.learns ?? []).map(([party, key, value]) => [name(party), key, value]));
  table('What changes inside', (moment.state ?? []).map(([party, key, value]) => [name(party), key, value ?? '(gone)']));
  return out.length ? out : none('Nobody learns anything new here.');
}

// ---------------------------------------------------------------- one field: what it is, who looked at it, its new value
const SIGNING = [['keep', 'keep the old signature'], ['strip', 'no signature'], ['mallory', 'sign with Mallory\u2019s key'], ['issuer', 'sign with the issuer\u2019s key']];
const walk = (value, path) => path.reduce((v, key) => (v !== null && typeof v === 'object' && Object.hasOwn(v, key) ? v[key] : undefined), value);
const unplus = (text) => { try { return decodeURIComponent(text.replaceAll('+', ' ')); } catch { return text; } };
const asText = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** The token that a path leads into, and the rest of the path: [entry, 'claims.aud']. */
function tokenAt(moment, path) {
  const entry = (moment.tokens ?? []).find(([name, , at]) => path.startsWith(`${at || name}.`));
  return entry ? [entry, path.slice((entry[2] || entry[0]).length + 1)] : null;
}

/** The value of a field as an edit would write it; undefined if the message has no such field. */
function valueAt(pane, moment, path) {
  const inside = tokenAt(moment, path), part = (moment.message ?? []).find((p) => Array.isArray(p) && p[0] === path);
  if (inside) {
    const token = pane.tokens[inside[0][1]], [where, ...rest] = inside[1].split('.');
    if (where === 'signature' && !rest.length) return 'keep';
    const found = rest.length ? walk({ header: token.header, claims: token.payload }[where], rest) : undefined;
    return found === undefined ? undefined : asText(found);
  }
  if (!part) return undefined;
  if (!path.startsWith('json.')) return /^(query|fragment|form)\./.test(path) ? unplus(part[3]) : part[3] + (path === 'headers.location' ? redirected(moment) : '');
  try { return asText(walk(JSON.parse(bodyOf(moment)), path.split('.').slice(1))); } catch { return part[3]; }
}

const whole = (moment) => moment.message.map((p) => (Array.isArray(p) ? p.slice(1).join('') : p)).join('');
const bodyOf = (moment) => { const text = whole(moment); return text.slice(text.indexOf('\n\n') + 2); };
const redirected = (moment) => /^location: [^?#\n]*(.*)$/im.exec(whole(moment))?.[1] ?? '';

/** What the table of fields says: of the last part of the path that it knows. */
function known(doc, path) {
  const names = path.split('.'), i = names.findLastIndex((name) => Object.hasOwn(doc.fields, name.toLowerCase()));
  const [meaning, ref, checks] = i < 0 ? doc.fields['*'] ?? ['', '', []] : doc.fields[names[i].toLowerCase()];
  return { name: names.at(-1), of: i >= 0 && i < names.length - 1 ? names[i] : '', meaning, ref, checks };
}

/** The checks that look at a field: of this message first, then of the rest of the run; where the learner is to predict, nothing that is yet to come. */
function looked(pane, moment, checks, ui) {
  const now = ui.doc.predict ? ui.number(ui.views.findIndex((v) => v.run === pane)) : Infinity;
  const rows = pane.moments.filter((m) => m.kind === 'checks' && m.n <= now && !ui.unanswered(pane, m)).flatMap((m) => (m.checks ?? []).filter((c) => checks.includes(c[0])).map((c) => [m, c]));
  return [rows.filter(([m]) => m.about === moment.n), rows.filter(([m]) => m.about !== moment.n)];
}

function lookedAt(pane, rows, ui) {
  const name = (id) => pane.parties.find((p) => p.id === id)?.name ?? id;
  return h('ul', { class: 'checks' }, ...rows.map(([m, [check, outcome, expected, found]]) => {
    const [cls, mark, word] = OUTCOME[outcome] ?? OUTCOME.skipped, row = (label, value) => (value ? h('small', {}, h('span', {}, label), value) : null);
    return h('li', { class: cls }, h('i', { 'aria-hidden': true }, mark), h('div', {}, h('p', {}, h('b', {}, name(m.from)), ', ', check.replaceAll('_', ' '), h('em', {}, word)),
      row(outcome === 'skipped' ? 'because' : 'expected', expected), row('found', found)), h('button', { type: 'button', class: 'small', title: 'To this check', onclick: () => ui.toMoment(m.id) }, `step ${m.n}`));
  }));
}

const FAR = 6; // checks of other messages that are listed

function fieldNote(pane, moment, path, ui) {
  const value = valueAt(pane, moment, path), about = known(ui.doc, path), bad = ui.doc.edits.find((e) => e.message === moment.id && e.field === path && e.problem);
  const close = h('button', { type: 'button', class: 'small', 'aria-label': 'Close', title: 'Close (Escape)', 'data-focus': 'close', onclick: () => ui.choose(null) }, '✕');
  const link = h('button', { type: 'button', class: 'small', 'data-focus': 'field-link', title: 'Copy a link to exactly this field', onclick: (e) => { ui.writeUrl(); copied(e.target, location.href); } }, 'Link');
  const head = h('div', { class: 'top' }, h('h4', { title: visible(path) }, about.name), h('cite', {}, about.of ? '' : about.ref), link, close);
  if (value === undefined) return h('section', { class: 'note', 'aria-label': 'Field' }, head, h('p', {}, 'This message has no such field here.'));
  const [here, far] = looked(pane, moment, about.of ? [] : about.checks, ui), unused = !ui.doc.predict && about.checks.length && !here.length && !far.length;
  return h('section', { class: 'note', 'aria-label': 'Field' }, head,
    h('p', {}, about.of ? `Part of ${about.of}. ` : '', about.of ? '' : about.meaning),
    bad ? h('p', { class: 'problem' }, `The edit does not fit: ${bad.problem}.`) : null,
    ui.editing && editable(moment, path) ? editor(pane, moment, path, value, ui) : null,
    here.length ? lookedAt(pane, here, ui) : null,
    far.length ? h('h5', {}, here.length ? 'Elsewhere in this run' : 'Not checked with this message, but elsewhere in this run') : null,
    far.length ? lookedAt(pane, far.slice(0, FAR), ui) : null,
    far.length > FAR ? h('p', { class: 'fine' }, `and ${far.length - FAR} more`) : null,
    unused ? h('p', { class: 'fine' }, `Nobody in this run looked at it. The check would be: ${about.checks.map((c) => c.replaceAll('_', ' ')).join(', ')}.`) : null,
    !about.checks.length || about.of ? h('p', { class: 'fine' }, 'No check looks at it.') : null);
}

/** A token without a place in the message (inside a page, say) can be read, but not edited. */
function editable(moment, path) { const inside = tokenAt(moment, path); return !inside || Boolean(inside[0][2]); }

function editor(pane, moment, path, value, ui) {
  const token = tokenAt(moment, path), send = (text, signature) => ui.emit('edit', { message: moment.id, field: path, value: text, ...(signature ? { signature } : {}) });
  const signed = ui.doc.edits.find((e) => e.message === moment.id && e.field === (token ? `${token[0][2]}.signature` : ''))?.value ?? 'keep';
  const choice = token ? h('select', { 'aria-label': 'Signature', 'data-focus': 'signature' }, ...SIGNING.map(([id, text]) => h('option', { value: id, selected: id === signed }, text))) : null;
  const go = h('button', { type: 'submit', class: 'go' }, 'Run again');
  if (token?.[1] === 'signature') return h('form', { class: 'edit', onsubmit: (e) => { e.preventDefault(); send(choice.value); } }, choice, go);
  const lines = value.length > 60 || value.includes('\n');
  const field = h(lines ? 'textarea' : 'input', { ...(lines ? { rows: 3 } : { type: 'text' }), 'aria-label': `New value of ${path}`, 'data-focus': 'edit', spellcheck: 'false', autocomplete: 'off' });
  field.value = value;
  field.addEventListener('keydown', (e) => { if (lines && e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); field.form.requestSubmit(); } });
  return h('form', { class: token ? 'edit signed' : 'edit', onsubmit: (e) => { e.preventDefault(); send(field.value, choice?.value); } }, field, choice, go,
    ['method', 'host', 'path', 'status', 'body'].includes(path) ? null : h('button', { type: 'button', onclick: () => send(null, choice?.value) }, 'Leave out'));
}

/** In edit mode, with no field chosen: how it goes, and a form for a field that is not there yet. */
function adder(moment, ui) {
  const request = !/^HTTP/.test(whole(moment)), kinds = [...(request ? ['query'] : []), 'headers', ...(/\ncontent-type: application\/x-www/i.test(whole(moment)) ? ['form'] : []), ...(moment.message.some((p) => Array.isArray(p) && p[0].startsWith('json.')) ? ['json'] : [])];
  const kind = h('select', { 'aria-label': 'Where', 'data-focus': 'add-kind' }, ...kinds.map((k) => h('option', { value: k }, { query: 'parameter', headers: 'header', form: 'form field', json: 'JSON member' }[k])));
  const name = h('input', { type: 'text', placeholder: 'name', 'aria-label': 'Name', required: true, pattern: '[^.%+ ]+', maxlength: 100, spellcheck: 'false', autocomplete: 'off', 'data-focus': 'add-name' }), value = h('input', { type: 'text', placeholder: 'value', 'aria-label': 'Value', spellcheck: 'false', autocomplete: 'off', 'data-focus': 'add-value' });
  return h('section', { class: 'note', 'aria-label': 'Edit' }, h('p', {}, 'Choose a field above to change it or leave it out. The real parties decide what follows. Or add one:'),
    h('form', { class: 'edit', onsubmit: (e) => { e.preventDefault(); ui.emit('edit', { message: moment.id, field: `${kind.value}.${name.value}`, value: value.value }); } }, kind, name, value, h('button', { type: 'submit', class: 'go' }, 'Add and run')));
}

async function copied(button, text) {
  const was = button.textContent;
  button.textContent = await copyText(text) ? 'Copied' : 'No clipboard';
  setTimeout(() => { button.textContent = was; }, 1600);
}

/** What can be done with a message: edit it, copy its curl. */
function tools(moment, ui) {
  return h('span', { class: 'tools' },
    ui.doc.editable ? h('button', { type: 'button', class: 'small', 'aria-pressed': String(ui.editing), 'data-focus': 'editing', title: 'Change any field of this message and let the run go on from there', onclick: () => ui.edit() }, '✎ Edit') : null,
    moment.curl ? h('button', { type: 'button', class: 'small', 'data-focus': 'curl', title: 'This request as a curl command', onclick: (e) => copied(e.target, moment.curl) }, 'Copy curl') : null);
}

/** The message that a moment is about: its own, or the one that is being checked. */
const shownAt = (pane, moment) => (moment.about ? pane.moments[moment.about - 1] : moment);

const PANELS = {
  message(pane, moment, ui) {
    const shown = shownAt(pane, moment);
    if (!shown.message) return none('Nothing goes over the wire at this moment.');
    return [shown !== moment ? h('p', { class: 'fine' }, `The message that is being checked, step ${shown.n}:`) : null, shown.edited ? h('p', { class: 'lead' }, 'You have edited this message.') : null,
      screenOf(shown.screen), httpMessage(shown.message, shown, ui)].filter(Boolean);
  },
  token(pane, moment, ui) { const shown = shownAt(pane, moment); return tokenPanel(pane, shown === moment ? moment : { ...shown, time: moment.time }, ui); },
  checks(pane, moment) { return checksPanel(pane, checksOf(pane, moment)); },
  learned(pane, moment) { return learnedPanel(pane, moment); },
};

/** The checks of this moment, or those that led to this answer. */
function checksOf(pane, moment) { return moment.checks ?? (moment.led ?? []).flatMap((n) => pane.moments[n - 1].checks ?? []); }

// ---------------------------------------------------------------- the stepper
const remembered = new Map();        // scenario -> ids of the moments up to the one on show; outlives a page change
const answered = new Map();          // scenario, pane and step -> the learner's answer

class Stepper {
  constructor(parent, { url }) {
    this.url = url;                                    // 'query' (?step=) or 'hash' (#step=)
    this.at = 0; this.tabs = {}; this.cards = 'knows'; this.queue = []; this.seq = 0; this.send = () => {}; this.speed = 0;
    this.field = null; this.editing = false;            // the chosen field, by its path; whether fields can be changed
    this.off = new AbortController(); this.path = location.pathname;
    const button = (cls, label, text, act) => h('button', { type: 'button', class: cls, 'aria-label': label, title: label, onclick: act }, text);
    this.first = button('nav icon', 'First step (Home)', '⇤', () => this.user(0));
    this.back = button('nav', 'Back (Left arrow)', '← Back', () => this.user(this.at - 1));
    this.next = button('nav primary', 'Next (Right arrow)', 'Next →', () => this.user(this.at + 1));
    this.last = button('nav icon', 'Last step (End)', '⇥', () => this.user(Infinity));
    this.play = button('nav play', 'Play or pause', '▶ Play', () => this.autoplay(!this.timer));
    this.pace = button('nav icon', 'Speed of playing', '1×', () => { this.speed = (this.speed + 1) % SPEEDS.length; this.autoplay(Boolean(this.timer)); });
    this.jump = button('nav', 'Go to the first difference', 'First difference', () => this.user(this.doc.differs ?? 0));
    this.range = h('input', { type: 'range', min: 1, value: 1, 'aria-label': 'Step', oninput: () => this.user(this.range.value - 1) });
    this.count = h('output', { class: 'count' });
    this.panes = h('div', { class: 'panes' });
    this.parties = h('div', { class: 'parties', tabindex: 0, role: 'group', 'aria-label': 'What each party has' });
    this.which = h('div', { class: 'which', role: 'group', 'aria-label': 'What the cards show' });
    this.live = h('div', { class: 'sr', 'aria-live': 'polite' });
    this.edits = h('div', { class: 'edits', role: 'group', 'aria-label': 'Your edits', hidden: true });
    this.root = h('div', { class: 'stepper', 'data-ready': 'false' }, this.edits,
      h('div', { class: 'bar' }, this.first, this.back, this.next, this.last, this.play, this.pace, this.range, this.count, this.jump),
      this.panes, h('div', { class: 'ledger' }, this.which, this.parties), this.live);
    parent.append(this.root);
    this.listen();
  }

  listen() {
    const signal = this.off.signal;
    document.addEventListener('keydown', (e) => this.key(e), { signal });
    // A radio or tab that was clicked, not reached by keyboard, must not swallow the arrows afterwards
    document.addEventListener('keydown', (e) => {
      if (e.key === 'Tab') this.mouse = false;
      const el = e.composedPath()[0];
      if (this.mouse && el instanceof Element && el.matches('[role=radio], [role=tab]') && this.key(e, true)) e.stopImmediatePropagation();
    }, { signal, capture: true });
    document.addEventListener('pointerdown', () => { this.mouse = true; }, { signal, capture: true });
    window.addEventListener('resize', () => { if (!this.doc) return; this.settle(); this.show(this.at, true); }, { signal });
    new ResizeObserver(([{ contentRect: { width } }]) => {                     // what was in a hidden tab had no room to measure
      if (width && width !== this.width && this.doc) { this.settle(); this.show(this.at, true); }
      this.width = width;
    }).observe(this.root);
    const moved = new ResizeObserver(() => { if (this.doc && this.top !== this.above()) { this.settle(); this.show(this.at, true); } });   // what is above it has grown
    for (let el = this.root; (el = el.parentElement ?? el.getRootNode().host);) moved.observe(el);
    signal.addEventListener('abort', () => moved.disconnect());
    document.fonts.addEventListener('loadingdone', () => { if (this.doc) { this.settle(); this.show(this.at, true); } }, { signal });      // other letters, other lines
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
    const opening = !this.doc;
    const follow = doc.follow && (this.doc ? this.at >= this.doc.timeline.length - 1 : this.readUrl(doc) === null);   // a run that still grows
    this.at = follow ? doc.timeline.length - 1 : opening && this.readUrl(doc) !== null ? this.readUrl(doc) : index.get(kept) ?? 0;
    const ack = doc.ack ?? 0, lost = ack < (this.doc?.ack ?? 0);              // lost: the server began a new session
    this.queue = lost ? [] : this.queue.filter((e) => e.seq > ack);
    if (this.views?.length !== doc.panes.length) { this.panes.replaceChildren(); this.views = doc.panes.map(() => this.pane()); }
    this.doc = doc;
    if (doc.answers) this.recall(doc);
    this.root.classList.toggle('present', Boolean(doc.present));
    this.root.classList.toggle('compare', doc.panes.length > 1);
    this.root.classList.toggle('three', doc.panes.length > 2);
    this.root.classList.toggle('crowded', doc.panes.some((p) => p.parties.length > 6));
    this.root.style.setProperty('--panes', String(doc.panes.length));
    this.root.classList.toggle('empty', !doc.timeline.length);
    this.play.disabled = !doc.timeline.length;
    this.jump.hidden = doc.panes.length < 2;
    this.jump.disabled = doc.differs === null;
    this.range.max = Math.max(1, doc.timeline.length);
    doc.panes.forEach((pane, i) => this.views[i].draw(pane));
    this.listEdits();
    this.settle();
    if (opening) this.linked(this.readField());
    this.revealed = -1;
    this.show(this.at, true);
    if (!trail || follow) this.mark();
    this.root.dataset.ready = 'true';
    if (doc.film && !this.root.classList.contains('film')) this.roll();
  }

  /** A film plays by itself, again and again; for whoever wants no motion it shows the moment that decided, and waits. */
  roll() {
    this.root.classList.add('film');
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) this.show(Math.max(0, this.doc.timeline.findIndex((t) => t.at[0] === this.doc.panes[0].verdict.at)), true);
    else this.autoplay(true);
  }

  pane() {
    const name = h('h3', { class: 'pname' }), verdict = h('div', { class: 'verdict', role: 'status' }), story = h('div', { class: 'story' });
    const head = h('div', { class: 'head' }), body = h('div', { class: 'body' }), detail = h('div', { class: 'detail' });
    const seq = h('div', { class: 'seq', tabindex: 0, role: 'group', 'aria-label': 'Sequence diagram' }, head, body);
    this.panes.append(h('section', { class: 'pane' }, name, verdict, story, seq, detail));
    const view = { seq, detail, verdict, story, byStep: new Map() };
    body.addEventListener('click', (e) => {
      const n = stepOf(e.target.closest('g.step, g.band') ?? seq), i = this.doc.timeline.findIndex((t) => t.at[this.views.indexOf(view)] === n);
      if (n && i >= 0) this.user(i);
    });
    view.draw = (pane) => { view.run = pane; view.svg = null; view.learnt = fold(pane); name.textContent = visible(pane.name); };
    // The widest drawing whose text stays readable; true if it is another one than before.
    view.fit = () => {
      const drawings = view.run.drawings, pick = drawings.find((d) => seq.clientWidth >= d.width * READABLE) ?? drawings.at(-1);
      seq.style.setProperty('--least', `${Math.round(pick.width * (this.views.length > 1 ? SMALL : LEAST))}px`);
      if (view.svg === pick.body) return false;
      view.svg = pick.body; view.byStep.clear();
      for (const [slot, text] of [[head, pick.head], [body, pick.body]]) slot.replaceChildren(!view.run.moments.length ? '' : safeSvg(text) ?? h('p', { class: 'none' }, 'The diagram could not be drawn.'));
      for (const g of body.querySelectorAll('g[class]')) {
        const n = stepOf(g);
        if (!n) continue;
        if (!view.byStep.has(n)) view.byStep.set(n, []);
        view.byStep.get(n).push(g);
      }
      return true;
    };
    return view;
  }

  user(i) { this.autoplay(false); this.show(i); this.mark(); }

  /** Another field of the message on show, or none. */
  choose(path) {
    const had = this.field, field = (p) => [...this.root.querySelectorAll('.field')].find((f) => f.dataset.path === p);
    this.field = path;
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

  /** The field of a link; the tab that shows it comes with it. */
  linked(path) {
    const moment = this.views[0].run.moments[this.number(0) - 1];
    if (!path || !moment) return;
    this.field = path;
    this.tabs[moment.kind] = /\.(claims|header)\.|\.signature$/.test(path) ? 'token' : 'message';
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
    const gate = this.gate();
    i = Number.isNaN(Number(i)) ? 0 : Math.max(0, Math.min(last, gate, Number(i)));
    if (i === this.at && !fresh) return;
    const same = i === this.at;
    if (!same) this.field = null;
    this.at = i;
    const focus = this.root.getRootNode().activeElement?.dataset?.focus, panel = () => this.root.querySelector('.panel'), tab = panel()?.getAttribute('aria-label');
    const scrolled = same && panel()?.scrollTop;
    this.views.forEach((view, p) => this.paint(view, p, fresh));
    this.knowledge(this.views[0], this.number(0));
    this.views.forEach((view, p) => this.scroll(view, this.number(p), fresh));
    this.first.disabled = this.back.disabled = i === 0; this.last.disabled = this.next.disabled = i >= Math.min(last, gate);
    this.range.value = i + 1;
    this.count.textContent = this.doc.timeline.length ? `Step ${i + 1} of ${last + 1}${this.doc.present && this.doc.items > 1 ? `, scenario ${this.doc.item} of ${this.doc.items}` : ''}` : 'No steps';
    this.root.dataset.step = String(i + 1);
    this.root.classList.toggle('over', this.number(0) >= (this.views[0].run.verdict.at ?? 0));
    const now = this.views[0].run.moments[this.number(0) - 1];
    this.live.textContent = now ? visible(`Step ${i + 1}: ${now.title}, ${this.who(this.views[0].run, now)}`) : '';
    if (scrolled && panel()?.getAttribute('aria-label') === tab) panel().scrollTop = scrolled;
    this.reveal();
    if (focus) [...this.root.querySelectorAll('[data-focus]')].find((el) => el.dataset.focus === focus)?.focus({ preventScroll: true });
    clearTimeout(this.urlTimer); this.urlTimer = setTimeout(() => this.writeUrl(), URL_WRITE_MS);
  }

  /** The number of the moment that pane p shows now: its own at this place of the timeline, or its last before. */
  number(p) { return this.doc.timeline.slice(0, this.at + 1).reduce((seen, t) => t.at[p] ?? seen, 0); }

  paint(view, p, fresh) {
    const exact = this.doc.timeline[this.at]?.at[p] ?? null, n = this.number(p), moment = view.run.moments[n - 1];
    const apart = this.views.length > 1 ? this.doc.timeline[this.doc.differs]?.at[p] ?? null : p === 0 ? this.doc.edited?.at ?? null : null;
    for (const [k, els] of view.byStep) for (const g of els) { g.classList.toggle('differs', k === apart); g.classList.toggle('later', k > n - (this.unanswered(view.run, moment) ? 1 : 0)); g.classList.toggle('now', k === exact); }
    const hidden = this.doc.predict && this.open(view.run);
    view.seq.classList.toggle('hidden', hidden);
    this.banner(view, p, hidden);
    view.story.replaceChildren(...this.story(view.run, moment));
    view.detail.replaceChildren(...this.detail(view.run, moment, exact !== null));
  }

  // ---- verdict, narration, question
  banner(view, p, hidden) {
    const v = view.run.verdict, i = this.doc.timeline.findIndex((t) => t.at[p] === v.at), tone = TONE[v.tone] ? v.tone : 'none';
    view.verdict.className = 'verdict ' + (hidden ? 'none' : tone);
    view.verdict.replaceChildren(h('i', { 'aria-hidden': true }, hidden ? '?' : TONE[tone]), h('b', {}, hidden ? 'Verdict' : v.word),
      h('span', { class: 'why', title: hidden ? false : visible(`${v.sentence} ${v.detail}`) }, hidden ? 'Hidden until you have answered the question.' : v.sentence, hidden || !v.detail ? null : h('small', {}, v.detail)),
      !hidden && i >= 0 ? h('button', { type: 'button', class: 'nav', title: 'To the step that decided', 'data-focus': 'verdict' + p, onclick: () => this.user(i) }, this.views.length > 1 ? 'Verdict' : 'To the verdict') : '');
  }

  story(run, moment) {
    const step = moment && run.steps[moment.step];
    return step ? [h('b', {}, `${step.n}/${step.of}`), h('p', {}, step.say)] : [h('p', {}, run.moments.length ? '' : 'Nothing happens in this setting. Choose another one.')];
  }

  /** Whether a question of this run has not been answered yet. */
  open(run) { return Object.entries(run.steps).some(([id, s]) => s.question && !answered.has(this.asked(run, id))); }

  /** In predict mode the moment with an open question shows nothing of its outcome. */
  unanswered(run, moment) { return Boolean(this.doc.predict && moment && run.steps[moment.step]?.question && !answered.has(this.asked(run, moment.step))); }

  /** In predict mode nobody gets past a question that has not been answered: the place of its first moment in the timeline. */
  gate() {
    const i = this.doc.predict ? this.doc.timeline.findIndex((t) => t.at.some((n, p) => n && this.unanswered(this.views[p].run, this.views[p].run.moments[n - 1]))) : -1;
    return i < 0 ? Infinity : i;
  }

  asked(run, step) { return [this.doc.scenario, run.name, step].join(' '); }

  /** The answers that the host has kept, and those that are still on their way to it. */
  recall(doc) {
    const sent = new Set(this.queue.filter((e) => e.event === 'answer').map((e) => e.step));
    for (const run of doc.panes) for (const [step, s] of Object.entries(run.steps)) {
      if (!s.question || sent.has(step)) continue;
      if (Object.hasOwn(doc.answers, step)) answered.set(this.asked(run, step), doc.answers[step]); else answered.delete(this.asked(run, step));
    }
  }

  question(run, moment) {
    const q = run.steps[moment.step]?.question, key = this.asked(run, moment.step), mine = answered.get(key);
    if (!q || this.views.length > 1 || run.moments[moment.n - 2]?.step === moment.step) return null;
    const choose = (which) => { answered.set(key, which); this.show(this.at, true); if (this.doc.answers) this.emit('answer', { step: moment.step, answer: which }); };
    return h('div', { class: 'ask' + (mine ? mine === q.right ? ' yes' : ' no' : '') }, h('p', { class: 'q' }, h('b', {}, 'Predict: '), q.question),
      h('div', { class: 'answers' }, ...['accepted', 'refused'].map((which) => h('button', { type: 'button', 'data-focus': 'ask-' + which, 'aria-pressed': String(mine === which), disabled: Boolean(mine),
        class: mine && which === q.right ? 'right' : mine === which ? 'wrong' : false, onclick: () => choose(which) }, mine && which === q.right ? '✓ ' : mine === which ? '✕ ' : '', q[which]))),
      mine ? h('p', { class: 'fine', role: 'status' }, mine === q.right ? 'You are right. Step on and watch it happen.' : 'The run says otherwise. Step on and see why.') : null);
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
      this.heading(run, moment, here, this.at, this.unanswered(run, moment)),
      h('div', { class: 'tabs', role: 'group', 'aria-label': 'What to show' }, ...TABS.map(([id]) => h('button', { type: 'button', 'aria-pressed': String(tab === id), 'data-focus': 'tab-' + id,
        onclick: () => { this.tabs[moment.kind] = id; this.show(this.at, true); } }, label[id], has[id] ? h('i', { class: 'dot' + (id !== 'checks' ? '' : bad ? ' bad' : ' skip') }) : null))),
      h('div', { class: 'panel', tabindex: 0, role: 'group', 'aria-label': label[tab] }, this.differs(run, moment) ? h('p', { class: 'lead differs' }, this.doc.edited.sentence) : null, ...PANELS[tab](run, moment, this)),
      this.note(run, shownAt(run, moment), tab) ?? this.question(run, moment),
    ].filter(Boolean);
  }

  /** Title, parties and chips of a moment at place i of the timeline; `secret` keeps its outcome hidden. */
  heading(run, moment, here, i, secret) {
    const chip = (cls, text) => h('em', { class: 'chip ' + cls }, text);
    return h('div', { class: 'what' }, h('h3', {}, `${moment.n}. `, moment.title), h('time', {}, moment.clock),
      h('div', { class: 'who' }, moment.kind === 'time' ? null : this.who(run, moment), chip(moment.channel === 'front' ? 'front' : '', moment.chip), moment.attack && moment.kind !== 'taken' ? chip('attack', 'Attacker') : null,
        moment.blocked && !secret ? chip('attack', '✕ Refused') : null, moment.edited ? chip('edited', '✎ Edited') : null,
        this.differs(run, moment) || (this.views.length > 1 && i === this.doc.differs) ? chip('edited', '≠ First difference') : null,
        here ? null : chip('', 'no such step here'), shownAt(run, moment).message ? tools(shownAt(run, moment), this) : null));
  }

  differs(run, moment) { return run === this.views[0].run && this.doc.edited?.at === moment.n; }

  /** Under a message or a token: the note of the chosen field, or how to edit. */
  note(run, shown, tab) {
    if (!shown.message || (tab !== 'message' && tab !== 'token')) return null;
    return this.field ? fieldNote(run, shown, this.field, this) : this.editing && this.doc.editable ? adder(shown, this) : null;
  }

  // ---- the cards below
  knowledge(view, n) {
    const modes = [['knows', 'Who knows what'], ['state', 'State of each party']];
    this.which.replaceChildren(...modes.map(([id, text]) => h('button', { type: 'button', 'aria-pressed': String(this.cards === id), 'data-focus': 'cards-' + id, onclick: () => { this.cards = id; this.show(this.at, true); } }, text)));
    const rows = view.learnt(this.cards, n);
    this.parties.replaceChildren(...view.run.parties.map((party) => {
      const mine = rows.get(party.id) ?? [];
      return h('section', { class: 'party' + (party.hers ? ' evil' : '') }, h('h4', { 'data-count': mine.length || '' }, party.name), mine.length ? h('dl', {}, ...mine.flatMap(([name, value, at]) =>
        [h('dt', { title: visible(name) }, this.cards === 'knows' ? name.slice(name.lastIndexOf('.') + 1) : name), h('dd', { class: [at === n ? 'new' : '', value === null ? 'gone' : ''].join(' ').trim() || false, title: visible(value ?? 'gone') }, value ?? 'gone')])) : h('p', { class: 'none' }, this.cards === 'knows' ? 'nothing yet' : 'nothing to show'));
    }));
  }

  scroll(view, n, jump) {
    const marks = view.byStep.get(n), box = view.seq.getBoundingClientRect(), at = marks?.[0].getBoundingClientRect();
    if (!at) { if (jump) view.seq.scrollTop = 0; return; }
    const head = view.seq.firstChild.offsetHeight, to = {};
    if (at.top < box.top + head + 8 || at.bottom > box.bottom - 70) to.top = view.seq.scrollTop + at.top - box.top - head - (box.height - head) * 0.38;
    if (view.seq.scrollWidth > view.seq.clientWidth + 2) {                      // too narrow for all lifelines: bring the arrow into view
      const mark = marks.find((g) => g.classList.contains('step'))?.getBoundingClientRect();
      if (mark && (mark.left < box.left || mark.right > box.right)) to.left = view.seq.scrollLeft + (mark.left + mark.right) / 2 - (box.left + box.right) / 2;
    }
    const still = jump || matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (to.top !== undefined || to.left !== undefined) view.seq.scrollTo({ ...to, behavior: still ? 'auto' : 'smooth' });
  }

  /** Everything that depends on the room there is, and on nothing that a step changes. */
  settle() {
    this.fit();
    this.views.forEach((view) => view.fit());
    this.root.style.removeProperty('--heading');                             // the tallest heading: what is below it never moves
    this.root.style.setProperty('--heading', `${Math.max(0, ...this.views.map((view, p) => this.tallest(view, p)))}px`);
  }

  /** Height of the tallest heading that pane p will show, in pixels. */
  tallest(view, p) {
    let n = 0;
    const headings = this.doc.timeline.map((t, i) => { n = t.at[p] ?? n; return n ? this.heading(view.run, view.run.moments[n - 1], t.at[p] !== null, i, false) : ''; });
    const trial = h('div', { class: 'trial' }, ...headings);
    view.detail.append(trial);
    const height = Math.ceil(Math.max(0, ...[...trial.children].map((el) => el.getBoundingClientRect().height)));
    trial.remove();
    return height;
  }

  /** Height in pixels of what stands above it, however far the page is scrolled. */
  above() {
    let top = this.root.getBoundingClientRect().top;
    for (let el = this.root; (el = el.parentElement ?? el.getRootNode().host);) top += el.scrollTop;
    return Math.round(top);
  }

  /** The page, not the component, scrolls otherwise: fill what is left of the window. */
  fit() {
    this.top = this.above();
    this.root.style.setProperty('--room', `${Math.max(this.views?.length > 1 ? 640 : 540, Math.floor(innerHeight - this.top - 14))}px`);
  }

  autoplay(on) {
    clearInterval(this.timer); this.timer = 0;
    const [factor, pause] = SPEEDS[this.speed];
    if (on) {
      if (this.at === this.doc.timeline.length - 1) this.show(0);
      this.timer = setInterval(() => { if (document.hidden || this.again()) return; this.show(this.at + 1); this.mark(); if (this.at >= this.doc.timeline.length - 1 && !this.doc.film) this.autoplay(false); }, this.doc.film ? FILM : pause);
    }
    this.pace.textContent = factor === 0.5 ? '½×' : `${factor}×`;
    this.play.textContent = on ? '❚❚ Pause' : '▶ Play';
    this.play.setAttribute('aria-pressed', String(Boolean(on)));
  }

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
  }

  /** What the keys of the presenter's view do besides stepping; a clicker sends Page Up and Page Down. */
  presented(e) {
    const turn = (by) => { const to = (this.doc.item ?? 1) + by; if (to >= 1 && to <= (this.doc.items ?? 1)) this.emit('turn', { by }); };
    const last = this.doc.timeline.length - 1, answer = (n) => this.root.querySelectorAll('.answers button')[n]?.click();
    const act = { PageDown: () => (this.at < last ? this.user(this.at + 1) : turn(1)), PageUp: () => (this.at > 0 ? this.user(this.at - 1) : turn(-1)), n: () => turn(1), p: () => turn(-1),
      1: () => answer(0), 2: () => answer(1), Escape: () => this.emit('leave', {}), f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.())?.catch(() => {}) }[e.key]
      ?? (e.key === 'ArrowRight' && this.at >= last ? () => turn(1) : e.key === 'ArrowLeft' && this.at === 0 ? () => turn(-1) : null);
    if (act) { e.preventDefault(); act(); }
    return Boolean(act);
  }

  key(e, mouse = false) {
    if (e.key === 'Escape' && this.field && this.root.contains(e.composedPath()[0])) { this.choose(null); return true; }
    if (this.doc?.present && !e.defaultPrevented && !e.ctrlKey && !e.altKey && !e.metaKey && !e.shiftKey && this.presented(e)) return true;
    const move = { ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: Infinity }[e.key];
    if (move === undefined || e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey || !this.doc || this.doc.film) return false;
    const own = 'input,textarea,select,[contenteditable=""],[contenteditable="true"],[role=slider],[role=tab],[role=tablist],[role=radio],[role=radiogroup],[role=combobox],[role=listbox],[role=menu],[role=menuitem],[role=spinbutton],[role=dialog],[role=grid]';
    if ((!mouse && e.composedPath().some((el) => el instanceof Element && el.matches(own))) || !this.root.checkVisibility()) return false;
    e.preventDefault();
    this.user(move);
    return true;
  }

  /** Streamlit keeps only the last trigger while a run is pending: send all that the document has not acknowledged. */
  emit(event, value) {
    this.seq = Math.max(this.seq, this.doc.ack ?? 0) + 1;
    this.queue.push({ ...value, event, seq: this.seq });
    this.send('events', this.queue);
  }

  /** Where the address says to begin: at a number, or at the first message of a step of the story (`step=replay`). */
  readUrl(doc) {
    if (!this.url) return null;
    const from = this.url === 'hash' ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams(location.search), step = from.get('step') ?? '';
    if (/^[0-9]{1,4}$/.test(step)) return Math.max(0, Number(step) - 1);
    const first = doc.panes[0].moments.find((m) => m.step === step);
    return first ? doc.timeline.findIndex((t) => t.id === first.id) : null;
  }

  readField() {
    const from = new URLSearchParams(this.url === 'hash' ? location.hash.slice(1) : location.search), path = from.get('field') ?? '';
    return path.length <= 300 ? path : '';
  }

  writeUrl() {
    clearTimeout(this.urlTimer);
    if (!this.url || !this.doc || !this.root.isConnected || location.pathname !== this.path) return;
    const to = new URL(location.href);
    if (this.url === 'hash') to.hash = `step=${this.at + 1}` + (this.field ? `&field=${encodeURIComponent(this.field)}` : '');
    else {
      to.searchParams.set('step', String(this.at + 1));
      if (this.field) to.searchParams.set('field', this.field); else to.searchParams.delete('field');
    }
    if (to.href !== location.href) history.replaceState(history.state, '', to);
  }

  destroy() { this.off.abort(); clearInterval(this.timer); clearTimeout(this.urlTimer); this.root.remove(); }
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

/** Offline page: one stepper in `parent`, showing `doc`; edits have no server to go to. */
export function mount(parent, doc) {
  const stepper = new Stepper(parent, { url: 'hash' });
  stepper.root.classList.add('offline');
  stepper.update(doc);
  return stepper;
}

const instances = new WeakMap();     // Streamlit's parent element -> Stepper

/** Streamlit calls this on mount and again for each change of `data` *or of the theme*, with the same parent.
 *  It may run an earlier call's clean-up at once when a later call has overtaken it, so a clean-up means
 *  "unmounted" only if the page no longer holds the element a moment later. */
export default function ({ data, parentElement, setTriggerValue }) {
  let stepper = instances.get(parentElement);
  if (!stepper) instances.set(parentElement, stepper = new Stepper(parentElement, { url: data?.film ? '' : 'query' }));
  stepper.send = setTriggerValue;
  stepper.update(data);
  return () => setTimeout(() => { if (!stepper.root.isConnected) { stepper.destroy(); instances.delete(parentElement); } });
}

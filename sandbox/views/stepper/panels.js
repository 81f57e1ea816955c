// What one moment of one run shows: its message, token, checks, what is learned, and the note of a chosen field.
//
// Functions from the document to elements; `ui` is the stepper, which knows what is chosen and what may be edited.

const TABS = [['message', 'Message'], ['token', 'Token'], ['checks', 'Checks'], ['learned', 'Learned']];
const HOME = { checks: 'checks', local: 'learned', taken: 'learned', time: 'learned', skipped: 'learned' };   // else: message
const OUTCOME = { pass: ['ok', '✓', 'passed'], fail: ['bad', '✕', 'failed'], skipped: ['skip', '–', 'not performed'] };

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

function checksPanel(pane, checks, ui) {
  if (!checks.length) return none('Nothing was checked for this message.');
  return [h('ul', { class: 'checks' }, ...checks.map(([name, outcome, expected, found]) => {
    const [cls, mark, word] = OUTCOME[outcome] ?? OUTCOME.skipped, known = pane.checks[name] ?? { sentence: name, ref: '' };
    const row = (label, value) => value ? h('small', {}, h('span', {}, label), value) : null;
    return h('li', { class: cls }, h('i', { 'aria-hidden': true }, mark), h('div', {}, h('p', {}, h('b', {}, wordOf(ui.doc, `check:${name}`, name.replaceAll('_', ' '))), h('em', {}, word)),
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
  return out.length ? out : none(moment.asked ? 'This is what the question is about.' : 'Nobody learns anything new here.');
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

/** The checks that look at a field: of this message first, then of the rest of the run. */
function looked(pane, moment, checks) {
  const rows = pane.moments.filter((m) => m.kind === 'checks').flatMap((m) => (m.checks ?? []).filter((c) => checks.includes(c[0])).map((c) => [m, c]));
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
  const head = h('div', { class: 'top' }, h('h4', { title: visible(path) }, about.name), about.of ? h('cite', {}) : cardOf(ui.doc, about.name) ? cited(cardOf(ui.doc, about.name)) : h('cite', {}, about.ref), link, close);
  if (value === undefined) return h('section', { class: 'note', 'aria-label': 'Field' }, head, h('p', {}, 'This message has no such field here.'));
  const [here, far] = looked(pane, moment, about.of ? [] : about.checks), unused = !ui.doc.open && about.checks.length && !here.length && !far.length;
  return h('section', { class: 'note', 'aria-label': 'Field' }, head,
    h('p', {}, about.of ? `Part of ${about.of}. ` : '', about.of ? '' : about.meaning),
    ...(about.of || !cardOf(ui.doc, about.name) ? [] : reasons(cardOf(ui.doc, about.name), Boolean(ui.doc.open))),
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

/** Put a picture of ours into the clipboard; where there is none, as on pages without https, it is saved. */
async function copyPicture(button, address) {
  const was = button.textContent, url = new URL(address, document.baseURI).href;
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': fetch(url).then((answer) => answer.blob()) })]);
    button.textContent = 'Copied';
  } catch {
    h('a', { href: url, download: '' }).click();
    button.textContent = 'Saved';
  }
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
  checks(pane, moment, ui) { return checksPanel(pane, checksOf(pane, moment), ui); },
  learned(pane, moment) { return learnedPanel(pane, moment); },
};

/** The checks of this moment, or those that led to this answer. */
function checksOf(pane, moment) { return moment.checks ?? (moment.led ?? []).flatMap((n) => pane.moments[n - 1].checks ?? []); }


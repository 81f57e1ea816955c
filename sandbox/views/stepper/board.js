// The diagram of one run: a list of rows over lifelines, in plain elements, made once from the run's document.
//
// A step changes classes only: which rows have not happened yet, which one is now.  Where a row stands follows from the numbers of
// its parties (--l, and --w lanes to the right of it), so one layout serves a desk, a telephone and a wall, and a reader of screens
// reads an ordered list of sentences.

const TIERS = 3;                      // of names, at most
const MANY = 6;                       // names in a row that spans more than one lane; one that does not has room for half of them

/** The board of a run of `doc`; `go(n)` is called with the number of a moment that was clicked. */
function boardOf(doc, run, go) {
  const lane = new Map(run.parties.map((party, i) => [party.id, i]));
  const name = (id) => run.parties[lane.get(id)]?.name ?? id;
  const rows = new Map(), folds = [], chapters = [], list = h('ol', { class: 'rows' });
  let chapter = null, fold = null;
  for (const m of run.moments) {
    if (m.step !== chapter?.step) { chapter = chapterOf(run, m.step); chapters.push(chapter); list.append(chapter.el); fold = null; }
    if (!m.routine) fold = null;
    else if (!fold) { fold = foldOf(m, lane, () => paint()); folds.push(fold); list.append(fold.el); }
    const el = rowOf(m);
    if (fold) fold.rows.push([m.n, el]);
    rows.set(m.n, el);
    list.append(el);
  }
  folds.forEach((f) => f.name(name));
  const secret = run.secret ? list.appendChild(secretOf(run.moments.at(-1), lane, doc.patient)) : null;
  const cast = h('ol', { class: 'cast' }, ...run.parties.map((p, i) => h('li', { class: p.hers ? 'hers' : false, style: `--l:${i}` }, h('b', {}, p.hers ? icon('mask') : null, wordOf(doc, `party:${p.id}`, p.name, 'span')), p.about || p.hers ? h('small', {}, p.hers ? 'run by Mallory' : p.about) : null)));
  const lives = h('div', { class: 'lives', 'aria-hidden': true }, ...run.parties.map((p, i) => h('i', { class: p.hers ? 'hers' : false, style: `--l:${i}` })));
  const veil = h('p', { class: 'veil' }, 'Put away until you have put them in order. Back shows them again, one by one.');
  const scroll = h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Diagram' }, lives, list, veil);
  const el = h('section', { class: 'board', style: `--n:${Math.max(1, run.parties.length)}`, 'aria-label': doc.panes.length > 1 ? visible(`Messages: ${run.name}`) : 'Messages' }, cast, scroll, legend(doc, run));
  let now = { n: 0, exact: null, apart: null, step: '', whole: false };

  function rowOf(m) {
    const a = lane.get(m.from) ?? 0, b = lane.get(m.to) ?? a, l = Math.min(a, b), w = Math.abs(a - b);
    const look = [kindOf(m), m.channel, m.attack ? 'attack' : '', m.blocked ? 'blocked' : '', m.checks?.some((c) => c[1] === 'fail') ? 'fails' : '', m.edited ? 'edited' : '', m.routine ? 'minor' : '', w > 1 ? 'long' : ''].filter(Boolean).join(' ');
    const row = h('li', { class: `row ${look}`, 'data-n': m.n, style: `--l:${l};--w:${w}`, onclick: (e) => { if (!e.target.closest('.chip.fold')) go(m.n); } }, h('span', { class: 'num', 'aria-hidden': true }, m.mine ? 'you' : m.n));
    const says = h('button', { type: 'button', class: w || m.kind === 'time' ? 'lab' : 'chip', 'aria-label': visible(spoken(m)), tabindex: -1 }, mark(m), h('span', {}, text(m)));
    row.append(says);
    if (w) {
      const names = (m.names ?? []).slice(0, w > 1 ? MANY : MANY / 2), more = (m.names?.length ?? 0) - names.length;
      row.append(h('span', { class: `arrow ${b > a ? 'ltr' : 'rtl'}${m.kind === 'answer' || m.kind === 'taken' ? ' dashed' : ''}`, 'aria-hidden': true }),
        h('span', { class: 'names' }, ...names.map((n) => wordOf(doc, n, n, 'code', -1)), more > 0 ? h('span', {}, `+${more}`) : null));
    }
    return row;
  }

  /** The row as a sentence, for who cannot see where it stands. */
  function spoken(m) {
    const who = m.kind === 'time' ? '' : m.from === m.to ? `${name(m.from)}: ` : `${name(m.from)} to ${name(m.to)}: `;
    return `Step ${m.n}. ${who}${text(m)}${m.names?.length ? `, with ${m.names.join(', ')}` : ''}${m.attack ? '. By the attacker' : ''}${m.blocked ? '. Refused' : ''}`;
  }

  /** Show what has happened until moment n.  `exact`: the moment that is now, if it is of this run; `apart`: the first that differs. */
  function paint(next = now) {
    now = next;
    for (const [n, row] of rows) {
      row.classList.toggle('later', n > now.n);
      row.classList.toggle('mine', Boolean(now.step) && run.moments[n - 1].step === now.step);
      row.classList.toggle('now', n === now.exact);
      row.classList.toggle('differs', n === now.apart);
      if (n === now.exact) row.setAttribute('aria-current', 'step'); else row.removeAttribute('aria-current');
    }
    for (const f of folds) f.paint(now);
    for (const c of chapters) { const begun = (run.moments.find((m) => m.step === c.step)?.n ?? 0) <= now.n; c.el.classList.toggle('later', !begun); c.el.classList.toggle('now', c.step === now.step); }
    if (secret) secret.classList.toggle('later', now.n < run.moments.length);
  }

  /** Move what would run out of the diagram to the nearest place where it does not.  Rows that are not shown have a width, too, for a moment. */
  function settle() {
    seat();
    list.classList.add('measuring');
    const n = Math.max(1, run.parties.length), first = list.querySelector('.row'), room = first ? first.clientWidth : 0;
    const wide = [...list.querySelectorAll('.lab, .names, .chip')].map((el) => [el, el.offsetWidth, el.parentElement.style]);
    list.classList.remove('measuring');
    for (const [el, width, style] of wide) {
      const mid = el.parentElement.classList.contains('time') ? room / 2 : ((Number(style.getPropertyValue('--l')) + Number(style.getPropertyValue('--w')) / 2 + .5) / n) * room;
      const centre = Math.max(width / 2, Math.min(room - width / 2, mid));
      el.style.setProperty('--shift', `${Math.round(centre - mid)}px`);
    }
  }

  /** Names stand in tiers, each with the room of two lanes or three, where a word of one is wider than its lane. */
  function seat() {
    const names = [...cast.children], tight = () => names.some((li) => li.scrollWidth > li.clientWidth);
    for (let tiers = 1; tiers <= TIERS; tiers++) {
      cast.classList.toggle('tiers', tiers > 1);
      cast.style.setProperty('--tiers', String(tiers));
      names.forEach((li, i) => { li.style.setProperty('--tier', String(i % tiers + 1)); li.style.setProperty('--shift', '0px'); });
      if (!tight()) break;
    }
    const frame = cast.getBoundingClientRect(), words = document.createRange();
    for (const li of names) {                                                 // the outermost must not run out of the diagram
      words.selectNodeContents(li);
      const { left, right } = words.getBoundingClientRect();
      li.style.setProperty('--shift', `${Math.round(Math.max(0, frame.left + 2 - left) - Math.max(0, right - frame.right + 2))}px`);
    }
  }

  /** The row that moment n is seen in: its own, or the fold that it is in. */
  const rowAt = (n) => { const row = rows.get(n); return row && !row.hidden ? row : folds.find((f) => f.rows.some(([k]) => k === n))?.el ?? null; };

  return { el, scroll, rows, paint, settle, rowAt, secret, spoken };
}

/** Two signs that no font has for certain. */
const ICONS = {
  mask: ['M1.8 5.5c2-1.3 4-1.3 6.2 0 2.2-1.3 4.2-1.3 6.2 0 0 4-1.4 5.7-3.2 5.7-1.5 0-2.2-1.6-3-1.6s-1.5 1.6-3 1.6c-1.8 0-3.2-1.7-3.2-5.7z', 'M4.5 7.6h1.6M9.9 7.6h1.6'],
  shield: ['M8 1.8l5 1.9v4c0 3.1-2.1 5.4-5 6.5-2.9-1.1-5-3.4-5-6.5v-4z'],
};
function icon(name) {
  const make = (tag, attrs) => { const el = document.createElementNS('http://www.w3.org/2000/svg', tag); for (const [k, v] of Object.entries(attrs)) el.setAttribute(k, v); return el; };
  const svg = make('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' });
  svg.append(...ICONS[name].map((d) => make('path', { d })));
  return svg;
}

const kindOf = (m) => ({ request: 'msg', answer: 'msg', taken: 'msg', checks: 'check' })[m.kind] ?? m.kind;
const text = (m) => (m.kind === 'skipped' ? `${m.title}${m.detail ? `: ${m.detail}` : ''}` : m.label ?? m.title);

/** What tells an attacker's row, a refusal and a failed check apart without colour. */
function mark(m) {
  if (m.blocked || m.checks?.some((c) => c[1] === 'fail')) return icon('shield');
  if (m.attack) return icon('mask');
  const sign = m.edited ? '✎' : m.kind !== 'checks' ? '' : m.checks?.some((c) => c[1] === 'pass') ? '✓' : '–';
  return sign ? h('i', { 'aria-hidden': true }, sign) : null;
}

/** What a step of the story is headed by: its number, and its sentence once it is over. */
function chapterOf(run, step) {
  const told = run.steps[step];
  return { step, el: h('li', { class: 'row chapter' }, h('span', { class: 'num' }, told?.n ?? ''), h('span', { class: 'say' }, told?.say ?? '')) };
}

/** Routine moments that follow each other, as one row that opens. */
function foldOf(first, lane, changed) {
  let open = false;
  const at = lane.get(first.from) ?? 0, button = h('button', { type: 'button', class: 'chip fold', 'aria-expanded': 'false', onclick: () => { open = !open; changed(); } });
  const f = {
    rows: [], el: h('li', { class: 'row folded', style: `--l:${at};--w:0` }, button),
    name(party) { button.append(h('i', { 'aria-hidden': true }, '›'), f.rows.length === 1 ? `${party(first.from)}: ${first.title}` : `${f.rows.length} behind the scenes`); },
    paint(now) {
      const inside = f.rows.some(([n]) => n === now.exact), shown = open || inside;
      button.setAttribute('aria-expanded', String(shown));
      f.el.classList.toggle('later', f.rows[0][0] > now.n);
      f.el.classList.toggle('mine', Boolean(now.step) && first.step === now.step);
      f.el.hidden = inside && f.rows.length === 1;                            // the row itself says all that the fold would
      for (const [, row] of f.rows) row.hidden = !shown;
    },
  };
  return f;
}

/** In the place of an outcome that is still a question. */
function secretOf(m, lane, together) {
  const a = lane.get(m.from) ?? 0, b = lane.get(m.to) ?? a, w = Math.abs(a - b);
  return h('li', { class: 'row msg secret', style: `--l:${Math.min(a, b)};--w:${w}` }, h('span', { class: 'lab' }, h('i', { 'aria-hidden': true }, '?'), h('span', {}, together ? 'hidden until it is revealed' : 'hidden until you have answered')),
    w ? h('span', { class: `arrow dashed ${b > a ? 'rtl' : 'ltr'}`, 'aria-hidden': true }) : null);
}

/** What the lines mean. */
function legend(doc, run) {
  const line = (cls, ...children) => h('span', { class: cls }, ...children), has = (what) => run.moments.some(what);
  return h('p', { class: 'legend', 'aria-label': 'Key' }, has((m) => m.channel === 'front') ? line('front', wordOf(doc, 'concept:front channel', 'front channel')) : null, has((m) => m.channel === 'back') ? line('back', wordOf(doc, 'concept:back channel', 'back channel')) : null,
    has((m) => m.channel === 'internal') ? line('internal', 'internal') : null, line('dash', 'answer'), run.parties.some((p) => p.hers) ? line('attack', icon('mask'), 'attacker') : null, has((m) => m.blocked) ? line('block', icon('shield'), 'refused') : null);
}

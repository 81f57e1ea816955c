// “Your turn”: what stands beside the diagram while somebody plays the attacker, or the defender.
//
// The stepper calls `turnOf` in the place of its own column, and `turnKeys` for its keys.  Everything that is possible, and everything
// that came of it, is in the document (views/stepper/turn.py and defence.py); here it is drawn, and what was chosen goes to the host.

const MANY_CHOICES = 6;              // of one line: from there on they are behind a heading that opens
const MANY_MOVES = 14;               // of all lines: from there on they can be searched
const OUTCOMES = { refused: ['✕', 'tried: refused'], taken: ['✓', 'tried'], reached: ['✓', 'tried: reached'] };

/** The game's own state in the browser: what is written into the search box, which lists are open, and which switches are to be turned. */
const gameOf = (ui) => (ui.game ??= { find: '', open: new Set(), picks: {}, sign: '', sent: false });

/** Tell the host what was chosen, unless something is on its way: a second click would be a second move. */
function played(ui, what) {
  if (ui.queue.length) return;
  gameOf(ui).sent = true;
  ui.emit('turn', what);
  ui.root.classList.add('sending');
}

/** Draw the column of a view, and the bar below it. */
function turnOf(ui, view, moment, here) {
  const { turn } = ui.doc, mine = gameOf(ui), fresh = mine.sign !== turn.sign || mine.side !== turn.side, stamp = JSON.stringify(mine.picks);
  if (!ui.looking && mine.drawn === ui.doc && mine.stamp === stamp) return;     // a button that is being pressed stays: the page around it may still move
  mine.drawn = ui.looking ? null : ui.doc;
  if (fresh) { mine.picks = {}; mine.find = ''; ui.looking = false; }
  if (fresh && mine.side !== turn.side) mine.open.clear();
  ui.root.classList.toggle('looking', Boolean(ui.looking));
  if (!ui.queue.length) ui.root.classList.remove('sending');
  view.story.replaceChildren(...(ui.looking ? ui.story(view.run, moment) : ({ attack: wanted, defend: defended, record: recorded })[turn.side](turn)));
  const back = h('button', { type: 'button', class: 'nav', 'data-focus': 'moves', onclick: () => lookAway(ui) }, '← Back to the game ', h('kbd', { 'aria-hidden': true }, 'Esc'));
  const scrolled = view.detail.querySelector('.game')?.scrollTop ?? 0;
  view.detail.replaceChildren(...(ui.looking ? [h('p', { class: 'goback' }, back), ...ui.detail(view.run, moment, here)] : [h('div', { class: 'game', 'data-focus': 'game', role: 'group', 'aria-label': 'The game', tabindex: 0, onkeydown: among }, ...(turn.side === 'defend' ? defending : attacking)(ui, turn))]));
  if (!fresh && view.detail.querySelector('.game')) view.detail.querySelector('.game').scrollTop = scrolled;
  view.ask.replaceChildren(...(ui.looking ? [] : [helping(ui, turn)].filter(Boolean)));
  ui.gamebar.replaceChildren(...({ attack: attackBar, defend: defenceBar, record: recordBar })[turn.side](ui, turn));
  mine.sign = turn.sign;
  mine.side = turn.side;
  mine.stamp = JSON.stringify(mine.picks);
}

/** After the page has drawn what came of a move: say it, and keep the focus where the next move is. */
function turnDone(ui) {
  const { turn } = ui.doc, mine = gameOf(ui), at = ui.root.getRootNode().activeElement;
  ui.live.textContent = visible(spokenOf(turn));
  const hinted = turn.hint?.name && mine.hinted !== turn.hint.name, meant = hinted ? find(ui, turn.hint.name) : null;
  mine.hinted = turn.hint?.name;
  if (meant) { within(meant); meant.focus({ preventScroll: true }); }
  if (!(mine.sent || ui.began) || ui.queue.length) return;
  mine.sent = ui.began = false;
  if (turn.hint?.name) return;
  if (at && at !== document.body && ui.root.contains(at) && !at.disabled) return;
  (ui.root.querySelector('.told') ?? ui.root.querySelector('.game'))?.focus({ preventScroll: true });
}
/** Bring it into the middle of the list; the page stays where it is. */
function within(el) {
  const box = el.closest('.game'), at = el.getBoundingClientRect(), frame = box.getBoundingClientRect();
  box.scrollTop += at.top - frame.top - (frame.height - at.height) / 2;
}
const find = (ui, name) => (name ? [...ui.root.querySelectorAll('.moves button')].find((b) => b.dataset.move === name) ?? null : null);

function lookAway(ui) { ui.looking = false; ui.at = ui.doc.timeline.length - 1; ui.show(ui.at, true); (ui.root.querySelector('.told') ?? ui.root.querySelector('.game'))?.focus({ preventScroll: true }); }

/** What came of the last move, as one text. */
function spokenOf(turn) {
  if (turn.side === 'defend') return turn.asked ? 'Who will refuse her? Choose an answer.' : [turn.problem, turn.foretold ? (turn.foretold.right ? 'You foretold it.' : `It went another way: ${turn.foretold.came}.`) : '', turn.stand.word, turn.stand.sentence, turn.stand.holds].filter(Boolean).join(' ');
  const end = turn.end ? `${turn.end.word}. ${turn.end.sentence}` : '', hint = turn.hint ? `Hint: ${turn.hint.say}` : '', begin = turn.side === 'record' ? 'Nothing is recorded yet. Choose who does what.' : 'The game begins. Choose a move.';
  return [turn.news ? `${turn.news.did} ${turn.news.told.join(' ')}` : begin, end, hint].filter(Boolean).join(' ');
}

/** The keys of a game: what each does, or nothing. */
function turnKeys(ui, key) {
  const press = (name) => () => { const b = ui.gamebar.querySelector(`[data-focus="${name}"]`); if (b && !b.disabled) b.click(); };
  if (key === 'Escape' && ui.looking) return () => lookAway(ui);
  return { b: press('back'), h: press('hint'), '/': () => ui.root.querySelector('.find')?.focus() }[key] ?? null;
}

/** Up and down go from choice to choice, and from the search box into what it has found. */
function among(e) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key], searching = e.target.matches('input');
  if (!by || (searching && by < 0)) return;
  const every = [...e.currentTarget.querySelectorAll(searching ? '.moves :is(button, summary)' : 'button, summary, a, input')].filter((b) => b.checkVisibility()), i = every.indexOf(e.target);
  const to = i < 0 ? every[by > 0 ? 0 : every.length - 1] : every[i + by];
  if (to) { e.preventDefault(); to.focus(); }
}

// ---- Mallory

function wanted(turn) {
  return [h('b', { class: 'whose' }, icon('mask'), 'Your turn: you are Mallory'),
    ...turn.goals.map(([goal, done]) => h('p', { class: done ? 'done' : false }, done ? h('i', { 'aria-hidden': true }, '✓ ') : null, goal, done ? h('span', { class: 'sr' }, ' Reached.') : null)), turn.news ? null : h('small', {}, h('b', {}, 'What Mallory has: '), turn.powers)].filter(Boolean);
}

function attacking(ui, turn) {
  const end = turn.end ? endOf(ui, turn) : null, later = end && turn.end.left.length > 0 && turn.news.outcome !== 'reached';   // whoever goes on has seen it
  return [newsOf(ui, turn), later ? null : end, turn.full ? h('p', { class: 'problem' }, turn.full) : null,
    h('div', { class: 'sides' }, turn.groups.length ? movesOf(ui, turn) : null, knownOf(turn)), later ? end : null].filter(Boolean);
}

/** What came of the last choice. */
function newsOf(ui, { news, side }) {
  if (!news && side === 'record') return h('div', { class: 'told', 'data-focus': 'told', tabindex: -1 }, h('p', {}, 'Nothing is recorded yet. Let somebody sign in, or begin with whatever the story begins with.'));
  if (!news) return h('div', { class: 'told', 'data-focus': 'told', tabindex: -1 }, h('p', {}, 'Nothing has happened yet. Let the others go on, or make a move of your own: each goes to the real parties.'));
  const { refused } = news, sign = { refused: icon('shield'), reached: icon('mask') }[news.outcome] ?? null;
  const looked = refused?.expected || refused?.found ? h('p', {}, 'Expected ', h('code', {}, refused.expected || 'nothing'), ', found ', h('code', {}, refused.found || 'nothing'), '.') : null;
  const rest = refused ? news.told.filter((text) => !text.endsWith(refused.sentence)) : news.told;
  return h('div', { class: `told ${news.outcome}`, 'data-focus': 'told', tabindex: -1 }, h('p', { class: 'did' }, news.did),
    refused ? h('p', {}, sign, h('b', {}, `${refused.who} refuses`), ` (${refused.answer}), `, wordOf(ui.doc, `check:${refused.check}`, refused.check.replaceAll('_', ' ')), `: ${refused.sentence}`) : null, looked,
    ...rest.map((text) => h('p', {}, !refused && text === rest[0] ? sign : null, text)), refused && !rest.length ? h('p', {}, 'You know no more than before.') : null);
}

function movesOf(ui, turn) {
  const mine = gameOf(ui), total = turn.groups.reduce((n, g) => n + g.lines.reduce((k, l) => k + l.choices.length, 0), 0), box = h('div', { class: 'moves' });
  const draw = () => {
    const words = mine.find.toLowerCase().split(/\s+/).filter(Boolean), fits = ([, , say]) => words.every((w) => say.toLowerCase().includes(w));
    const groups = turn.groups.map((g) => [g, g.lines.map((l) => ({ ...l, choices: l.choices.filter(fits) })).filter((l) => l.choices.length)]).filter(([, lines]) => lines.length);
    box.replaceChildren(...groups.map(([g, lines]) => h('section', {}, h('h4', {}, g.says), ...lines.map((l) => lineOf(ui, turn, l, Boolean(words.length))))),
      ...(groups.length ? [] : [h('p', { class: 'fine' }, 'No move says that.')]), ...(words.length || !turn.closed.length ? [] : [h('section', {}, h('h4', {}, 'Not now'), h('p', { class: 'fine' }, turn.closed.join(' ')))]));
  };
  draw();
  const search = h('input', { class: 'find', type: 'search', 'data-focus': 'find', placeholder: `Find one of ${total} moves`, 'aria-label': 'Find a move', autocomplete: 'off', oninput: (e) => { mine.find = e.target.value; draw(); } });
  search.value = mine.find;
  return h('div', {}, h('h3', {}, turn.side === 'record' ? 'What can happen now' : 'What you can do now'), total > MANY_MOVES ? search : null, box);
}

/** Choices that have something in common; many of them behind a heading. */
function lineOf(ui, turn, line, whole) {
  const mine = gameOf(ui), one = line.choices.length === 1, name = line.says || line.choices[0][0], meant = line.choices.some(([key]) => key === turn.hint?.name);
  const chips = line.choices.map(([key, text, say, tried]) => h('button', { type: 'button', class: `move${one ? ' whole' : ''}${tried ? ` ${tried}` : ''}${key === turn.hint?.name ? ' meant' : ''}`, 'data-move': key, 'data-focus': `move ${key}`,
    'aria-label': one && !tried ? false : visible(say + (tried ? ` (${OUTCOMES[tried][1]})` : '')), title: tried ? OUTCOMES[tried][1] : false, onclick: () => played(ui, { do: 'take', name: key }) }, tried ? h('i', { 'aria-hidden': true }, OUTCOMES[tried][0]) : null, one ? say : text));
  if (one) return chips[0];
  const list = h('div', { class: 'chips' }, ...chips);
  if (line.choices.length <= MANY_CHOICES || whole) return h('div', { class: 'line' }, h('p', {}, line.says), list);
  const many = h('details', { class: 'line', open: mine.open.has(name) || meant, ontoggle: (e) => { if (e.target.open) mine.open.add(name); else mine.open.delete(name); } }, h('summary', { 'data-focus': `line ${name}` }, line.says, h('small', {}, ` ${line.choices.length} choices`)), list);
  return many;
}

function knownOf(turn) {
  const item = ([what, more, fresh]) => h('li', { class: fresh ? 'fresh' : false }, h('b', {}, what), fresh ? h('em', {}, 'new') : null, more ? h('small', {}, more) : null);
  return h('aside', { class: 'known', 'aria-label': turn.side === 'record' ? 'What Mallory knows' : 'What you know' }, h('h4', {}, turn.side === 'record' ? 'What Mallory knows' : 'What you know'), turn.known.length ? h('ul', {}, ...turn.known.map(item)) : h('p', { class: 'fine' }, turn.side === 'record' ? 'Nothing yet that she could use.' : 'Nothing yet that you could use.'), turn.news ? h('p', { class: 'fine' }, turn.powers) : null);
}

/** Something is reached: the verdict, the score, and what comes next. */
function endOf(ui, turn) {
  const { end } = turn, save = h('button', { type: 'button', class: 'nav', 'data-focus': 'save', onclick: () => saved(end.name, end.file) }, 'Save as a scenario');
  return h('section', { class: `end ${TONE[end.tone] ? end.tone : 'none'}`, 'aria-label': 'The verdict' }, h('h3', {}, h('i', { 'aria-hidden': true }, TONE[end.tone] ?? '–'), ' ', end.word), h('p', {}, end.sentence),
    h('p', { class: 'fine' }, `${scoreOf(turn)}. What you did was saved as a file without what it does not need, loaded, and run again: that is its verdict.`),
    end.left.length ? h('p', {}, `Still to reach: ${end.left.join('; ')}.`) : null,
    h('div', { class: 'next' }, h('button', { type: 'button', class: 'nav primary', 'data-focus': 'defend', onclick: () => played(ui, { do: 'defend' }) }, 'Change sides: defend →'), end.name ? save : null, end.href ? h('a', { class: 'nav', href: end.href, target: '_blank', rel: 'noopener' }, 'Step through it') : null));
}

/** Have the browser save a text as a file. */
function saved(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' })), a = h('a', { href: url, download: name });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const counted = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;
const scoreOf = (turn) => `${counted(turn.moves, 'move')}, ${counted(turn.hints, 'hint')}`;

/** The hint, or how far the looking for it is. */
function helping(ui, turn) {
  if (turn.thinking) return h('div', { class: 'ask thinking' }, h('p', {}, h('span', { class: 'progress' }, turn.thinking)), h('button', { type: 'button', class: 'small', 'data-focus': 'stop', onclick: () => played(ui, { do: 'stop' }) }, 'Stop'));
  if (turn.hint) return h('div', { class: 'ask' }, h('p', {}, h('b', {}, 'Hint: '), turn.hint.say));
  return turn.problem ? h('div', { class: 'ask no' }, h('p', {}, turn.problem)) : null;
}

function attackBar(ui, turn) {
  const button = (focus, label, key, act, off) => h('button', { type: 'button', class: 'nav', 'data-focus': focus, disabled: off, onclick: act }, label, ' ', h('kbd', { 'aria-hidden': true }, key));
  return [button('back', '← Take back', 'b', () => played(ui, { do: 'back' }), !turn.back), button('hint', 'Hint', 'h', () => played(ui, { do: 'hint' }), Boolean(turn.thinking) || !turn.groups.length),
    h('output', { class: 'score' }, scoreOf(turn)), h('button', { type: 'button', class: 'small', 'data-focus': 'leave', onclick: () => played(ui, { do: 'leave' }) }, 'Leave the game')];
}

// ---- a story that is recorded

function recorded(turn) {
  return [h('b', { class: 'whose' }, icon('mask'), 'You tell the story'), ...turn.goals.map(([goal]) => h('p', { class: 'done' }, h('i', { 'aria-hidden': true }, '✓ '), 'Mallory can ', goal.charAt(0).toLowerCase(), goal.slice(1))),
    turn.news ? null : h('small', {}, h('b', {}, 'What Mallory has: '), turn.powers)].filter(Boolean);
}

function recordBar(ui, turn) {
  return [h('button', { type: 'button', class: 'nav', 'data-focus': 'back', disabled: !turn.back, onclick: () => played(ui, { do: 'back' }) }, '← Take back ', h('kbd', { 'aria-hidden': true }, 'b')),
    h('output', { class: 'score' }, counted(turn.moves, 'step'))];
}

// ---- the defender

function defended(turn) {
  return [h('b', { class: 'whose good' }, icon('shield'), 'Your turn: you defend'), h('p', {}, `Stop “${turn.title}”, and nobody else.`)];
}

function defending(ui, turn) {
  return [standOf(ui, turn), turn.asked ? askedOf(ui, turn) : turn.stand.held ? null : pickerOf(ui, turn)].filter(Boolean);
}

/** What the present setting comes to. */
function standOf(ui, turn) {
  const { stand, foretold } = turn, line = (text) => (text ? h('p', {}, text) : null);
  return h('div', { class: `told stand ${TONE[stand.tone] ? stand.tone : 'none'}`, tabindex: -1 },
    turn.turned.length ? h('p', { class: 'did' }, 'Turned: ', ...turn.turned.flatMap(([name, value, says], i) => [i ? '; ' : null, says ? `${says} ` : null, h('code', {}, `${name}=${value}`)])) : h('p', { class: 'did' }, 'Nothing is turned yet. ', turn.story),
    foretold ? h('p', { class: foretold.right ? 'yes' : 'no' }, h('i', { 'aria-hidden': true }, foretold.right ? '✓ ' : '✕ '), foretold.right ? 'You foretold it: ' : `You said: ${foretold.said.replace(/\.$/, '')}. It went another way: `, h('b', {}, foretold.came)) : null,
    h('p', {}, h('i', { 'aria-hidden': true }, TONE[stand.tone] ?? '–'), ' ', h('b', {}, stand.word), '. ', stand.sentence), line(stand.way),
    stand.broken.length ? h('p', {}, h('b', {}, 'No longer true: '), `${stand.broken.join('; ')}.`) : null,
    turn.ways.length ? null : line(stand.around), ...turn.ways.map((way) => h('p', {}, h('b', {}, 'Another way: '), way.says, ' ', way.href ? h('a', { href: way.href, target: '_blank', rel: 'noopener' }, 'Step through it') : h('button', { type: 'button', class: 'small', onclick: () => saved(way.name, way.file) }, 'Save it'))),
    stand.holds ? h('p', {}, h('b', {}, stand.holds)) : null,
    stand.waits && !turn.thinking ? h('p', {}, 'Nobody has looked yet for another way. ', h('button', { type: 'button', class: 'small', 'data-focus': 'look', onclick: () => played(ui, { do: 'look' }) }, 'Look on')) : null,
    stand.held ? h('div', { class: 'next' }, h('button', { type: 'button', class: 'nav primary', 'data-focus': 'attack', onclick: () => played(ui, { do: 'attack' }) }, 'Try it yourself, as Mallory →')) : null);
}

/** Who will refuse?  Asked before it is seen. */
function askedOf(ui, turn) {
  return h('div', { class: 'ask foretell' }, h('p', { class: 'q' }, 'Before you see it: who will refuse her, and at which check?'),
    h('p', { class: 'fine' }, 'To be turned: ', ...turn.asked.turned.flatMap(([name, value], i) => [i ? ', ' : null, h('code', {}, `${name}=${value}`)])),
    h('div', { class: 'answers' }, ...turn.asked.options.map(([id, text, about], i) => h('button', { type: 'button', 'data-answer': id, 'data-focus': `foretell ${id}`, onclick: () => played(ui, { do: 'foretell', answer: id }) }, h('kbd', { 'aria-hidden': true }, i + 1), h('span', {}, h('b', {}, text), about ? h('small', {}, ` ${about}`) : null)))),
    h('button', { type: 'button', class: 'small', 'data-focus': 'unpick', onclick: () => played(ui, { do: 'unpick' }) }, 'Turn other switches'));
}

function pickerOf(ui, turn) {
  const mine = gameOf(ui), box = h('div', { class: 'moves' }), picked = () => Object.entries(mine.picks);
  const set = (changes) => { for (const [name, value] of changes) if (value === nowOf(turn, name)) delete mine.picks[name]; else mine.picks[name] = value; ui.show(ui.at, true); };
  const group = (name, rows, open) => h('details', { class: 'line', open: open || mine.open.has(name), ontoggle: (e) => { if (e.target.open) mine.open.add(name); else mine.open.delete(name); } }, h('summary', { 'data-focus': `line ${name}` }, name, h('small', {}, ` ${rows.length}`)), ...rows);
  const draw = () => {
    const words = mine.find.toLowerCase().split(/\s+/).filter(Boolean), fits = (...texts) => words.every((w) => texts.join(' ').toLowerCase().includes(w));
    const together = turn.bundles.filter((b) => fits(b.name, b.says, b.spoken)).map((b) => bundleOf(turn, mine, b, set));
    const alone = turn.switches.map((g) => [g.owner, g.switches.filter((s) => fits(s.name, s.says, s.spoken, ...s.values.flat())).map((s) => switchOf(mine, s, set))]).filter(([, rows]) => rows.length);
    box.replaceChildren(...(together.length ? [group('Defences of several switches', together, words.length > 0)] : []), ...alone.map(([owner, rows]) => group(owner, rows, words.length > 0)),
      ...(together.length || alone.length ? [] : [h('p', { class: 'fine' }, 'No switch says that.')]));
  };
  draw();
  const search = h('input', { class: 'find', type: 'search', 'data-focus': 'find', placeholder: 'Find a switch: audience, refresh, nonce …', 'aria-label': 'Find a switch', autocomplete: 'off', oninput: (e) => { mine.find = e.target.value; draw(); } });
  search.value = mine.find;
  return h('div', {}, h('h3', {}, 'What you can turn'), picked().length ? h('p', { class: 'picked' }, 'To be turned: ', ...picked().map(([name, value]) => h('button', { type: 'button', class: 'small', title: 'Leave it as it is', 'data-focus': `pick ${name}`, onclick: () => set([[name, nowOf(turn, name)]]) }, `${name}=${value} ✕`))) : null, search, box);
}
const nowOf = (turn, name) => turn.switches.flatMap((g) => g.switches).find((s) => s.name === name)?.now;

function switchOf(mine, s, set) {
  const at = mine.picks[s.name] ?? s.now;
  return h('div', { class: 'switch', role: 'group', 'aria-label': s.name }, h('p', {}, ...s.says.split('`').map((part, i) => (i % 2 ? h('code', {}, part) : part)), ' ', h('code', { class: 'name' }, s.name)), h('div', { class: 'chips' }, ...s.values.map(([value, says]) => h('button', { type: 'button', class: 'move', 'aria-pressed': String(value === at), title: visible(says) || false, 'data-focus': `switch ${s.name} ${value}`, onclick: () => set([[s.name, value]]) }, value, value === s.now ? h('small', {}, ' now') : null))));
}

function bundleOf(turn, mine, b, set) {
  const on = b.parts.every(([name, value]) => (mine.picks[name] ?? nowOf(turn, name)) === value);
  return h('button', { type: 'button', class: 'move whole', 'aria-pressed': String(on), 'data-focus': `bundle ${b.name}`, title: b.parts.map((p) => p.join('=')).join(', '), onclick: () => set(on ? b.parts.map(([name]) => [name, nowOf(turn, name)]) : b.parts) }, b.says, ' ', h('code', {}, b.name));
}

function defenceBar(ui, turn) {
  const mine = gameOf(ui), n = Object.keys(mine.picks).length;
  return [h('button', { type: 'button', class: 'nav', 'data-focus': 'back', disabled: !turn.back, onclick: () => played(ui, { do: 'back' }) }, '← Take back ', h('kbd', { 'aria-hidden': true }, 'b')),
    turn.asked || turn.stand.held ? null : h('button', { type: 'button', class: 'nav primary', 'data-focus': 'run', disabled: !n, onclick: () => played(ui, { do: 'pick', set: mine.picks }) }, n ? `Foretell and run ${n === 1 ? '1 switch' : `${n} switches`}` : 'Turn a switch'),
    h('button', { type: 'button', class: 'small', 'data-focus': 'leave', onclick: () => played(ui, { do: 'leave' }) }, 'Leave the game')].filter(Boolean);
}

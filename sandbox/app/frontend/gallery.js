// The lists of flows and attacks: cards in the order of the path, searched and filtered in the browser.  What is chosen stands in the
// address, and how far the list was scrolled in the entry of the history, so that Back leads to the same place.
// An outcome is shown where the attack has been played (progress.js); before that the card only says in how many designs it succeeds.

const FILTERS = ['q', 'target', 'design', 'level'];
const chosenIn = (search) => Object.fromEntries(FILTERS.map((name) => [name, (new URLSearchParams(search).get(name) ?? '').slice(0, 100)]));

function remember(chosen) {
  const query = new URLSearchParams(location.search);
  for (const name of FILTERS) if (chosen[name]) query.set(name, chosen[name]); else query.delete(name);
  const text = query.toString();
  history.replaceState(history.state, '', location.pathname + (text ? `?${text}` : '') + location.hash);
}

const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
const fits = (card, chosen) => words(chosen.q).every((word) => card.said.includes(word)) && (!chosen.target || card.target === chosen.target)
  && (!chosen.level || card.difficulty === chosen.level) && (!chosen.design || card.designs.some((d) => d.profile === chosen.design && d.to));

/** "Succeeds in 2 of 4 designs": how often, and not where. */
function tease(card) {
  const tried = card.designs.filter((d) => d.to), n = tried.filter((d) => d.word === 'succeeded').length;
  return n ? `Succeeds in ${n} of ${tried.length} designs` : `Succeeds in none of ${tried.length} designs as they ship, but in the lesson's own setting`;
}

function design(each, done, leave) {
  if (!each.to) return h('li', { class: 'none' }, h('span', { title: 'It cannot be tried in this design' }, each.title), done ? h('b', {}, each.said) : h('b', { 'aria-label': 'cannot be tried' }, '–'));
  return h('li', { class: done ? each.tone : '' }, placeLink(each.to, { title: `Play it in ${each.title}` }, [h('span', {}, each.title),
    h('b', {}, ...(done ? [h('i', { 'aria-hidden': 'true' }, `${each.mark} `), each.said] : ['Play']))], leave));
}

function card(each, done, leave) {
  const meta = [each.number ? `Stop ${each.number}` : '', each.level, `${each.minutes} min`, each.aim].filter(Boolean);
  return h('li', { class: `card${done ? ' done' : ''}`, 'data-card': each.id },
    h('p', { class: 'meta' }, meta.join(' · '), done ? h('b', {}, ' ✓ done') : null),
    h('h2', {}, placeLink(each.to, {}, [each.title], leave)), h('p', {}, each.story),
    each.designs.length ? h('p', { class: 'tease' }, tease(each)) : null,
    each.designs.length ? h('ul', { class: 'designs', 'aria-label': 'Play it in one design' }, ...each.designs.map((d) => design(d, done, leave))) : null);
}

function choice(label, name, options, state) {
  const select = h('select', { 'aria-label': label, onchange: () => state.choose({ [name]: select.value }) },
    ...options.map(([value, text]) => h('option', { value, selected: (state.chosen[name] || '') === value }, text)));
  return select;
}

function controls(data, state) {
  const search = h('input', { type: 'search', placeholder: 'Search title, story, RFC', 'aria-label': 'Search', value: state.chosen.q, maxlength: 100, oninput: () => state.choose({ q: search.value }) });
  const any = (label, options) => [['', label], ...options];
  return h('div', { class: 'controls', role: 'search' }, search,
    data.targets.length ? choice('What is attacked', 'target', any('Everything attacked', data.targets), state) : null,
    data.designs.length ? choice('Design', 'design', any('Possible in any design', data.designs), state) : null,
    choice('Difficulty', 'level', any('Any difficulty', data.levels), state));
}

/** What scrolls around the component. */
const scroller = (el) => el.getRootNode().host?.closest('[data-testid="stMain"]') ?? el.closest('[data-testid="stMain"]') ?? document.scrollingElement;

/** Keep the position in this entry of the history, and go back to it once the list is long enough; whoever scrolls meanwhile wins. */
function keepPlace(el) {
  const box = scroller(el), page = location.pathname, wanted = history.state?.galleryScroll;
  let timer = 0, tries = typeof wanted === 'number' && wanted > 0 ? 60 : 0, still = 0;
  const stop = () => { tries = 0; };
  ['wheel', 'touchstart', 'keydown', 'pointerdown'].forEach((name) => box.addEventListener(name, stop, { passive: true, once: true }));
  (function go() {
    if (tries-- <= 0 || !el.isConnected) return;
    still = Math.abs(box.scrollTop - wanted) < 2 ? still + 1 : 0;
    if (!still) box.scrollTop = wanted;
    if (still < 6) setTimeout(go, 50); else stop();
  }());
  const write = () => { if (el.isConnected && location.pathname === page && tries <= 0) history.replaceState({ ...history.state, galleryScroll: box.scrollTop }, ''); };
  box.addEventListener('scroll', function heard() {
    if (!el.isConnected) return box.removeEventListener('scroll', heard);
    clearTimeout(timer);
    timer = setTimeout(write, 120);
  }, { passive: true });
  return write;
}

const listed = new WeakMap();

export default function ({ data, parentElement }) {
  let state = listed.get(parentElement);
  if (!state) {
    state = { root: h('div', { class: 'gallery' }), count: h('p', { class: 'count', role: 'status' }), list: h('ul', { class: 'cards' }), chosen: chosenIn(location.search) };
    state.choose = (change) => { Object.assign(state.chosen, change); remember(state.chosen); state.draw(); };
    listed.set(parentElement, state);
    parentElement.append(state.root);
    progress.watch(parentElement, () => state.draw());
  }
  state.draw = () => {
    const done = new Set(progress.read().found.done), shown = data.cards.filter((each) => fits(each, state.chosen));
    const cards = data.cards.length, played = data.cards.filter((each) => done.has(each.id)).length;
    state.count.textContent = `${shown.length === cards ? `All ${cards}` : `${shown.length} of ${cards}`}${played ? `, ${played} done` : ''}`;
    state.list.replaceChildren(...shown.map((each) => card(each, done.has(each.id), () => state.place?.())));
    state.root.dataset.cards = String(shown.length);
  };
  const text = JSON.stringify(data);
  if (state.text !== text) {
    state.text = text;
    for (const each of data.cards) each.said = [each.id, each.title, each.story, each.aim, each.attacker, each.level, ...each.refs].join(' ').toLowerCase();
    state.root.replaceChildren(controls(data, state), state.count, state.list);
  }
  state.draw();
  state.place ??= keepPlace(parentElement);
}

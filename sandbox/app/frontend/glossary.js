// The cards of all words (views/words.py), by kind.  Every text is data and reaches the page through h() of dom.js.
//
// A word is opened by the fragment of the address, by its address (#check:audience) or by any of its names (#state).

/** Names are compared as views/words.py does it. */
const folded = (text) => text.toLowerCase().replace(/[\s_-]+/g, ' ').trim();

const wanted = () => { try { return folded(decodeURIComponent(location.hash.slice(1))); } catch { return ''; } };

const reference = ([text, to]) => to ? h('a', { href: to, target: '_blank', rel: 'noopener noreferrer' }, text) : text;

/** The cards that belong to this one, each with its kind where the name alone would not tell. */
const others = (addresses, known) => addresses.map((a) => known.get(a)).filter(Boolean)
  .flatMap((c, i) => [i ? ', ' : '', h('a', { href: `#${encodeURIComponent(c.address)}` }, c.word, c.kind === 'check' ? ' (check)' : '')]);

function article(card, known) {
  const { attack } = card, related = [...card.also, ...card.see];
  return h('article', { tabindex: '-1', 'data-address': card.address },
    h('h3', {}, card.word, h('a', { class: 'here', href: `#${encodeURIComponent(card.address)}`, 'aria-label': `Link to ${card.word}` }, '#')),
    h('div', {},
      h('p', {}, card.is, ' ', h('cite', {}, ...card.ref.map(reference))),
      card.why ? h('p', {}, h('b', {}, 'Why '), card.why) : null,
      card.without ? h('p', {}, h('b', {}, 'Without it '), card.without) : null,
      attack ? h('p', {}, h('a', { href: attack.href }, `See it happen: ${attack.title}`)) : null,
      related.length ? h('p', { class: 'see' }, 'See ', ...others(related, known)) : null));
}

function build(groups, root) {
  const known = new Map(groups.flatMap((g) => g.cards).map((c) => [c.address, c]));
  const articles = new Map(), names = new Map();
  const sections = groups.map((g) => h('section', {}, h('h2', {}, g.kind), ...g.cards.map((c) => {
    const el = article(c, known);
    articles.set(c.address, { el, text: folded([c.word, c.name, ...c.names, c.is, c.why, c.without].join(' ')) });
    return el;
  })));
  for (const c of known.values()) names.set(folded(c.address), c.address);
  for (const family of ['field', 'concept', 'check', 'switch', 'party']) {
    for (const c of known.values()) if (c.address.startsWith(`${family}:`)) {
      for (const name of [c.name, c.word, ...c.names]) if (!names.has(folded(name))) names.set(folded(name), c.address);
    }
  }
  const box = h('input', { type: 'search', placeholder: 'Search a word', 'aria-label': 'Search a word' });
  const count = h('span', { role: 'status' });
  const search = () => {
    const parts = folded(box.value).split(' ').filter(Boolean);
    let n = 0;
    for (const { el, text } of articles.values()) { el.hidden = !parts.every((p) => text.includes(p)); n += !el.hidden; }
    for (const s of sections) s.hidden = ![...s.querySelectorAll('article')].some((a) => !a.hidden);
    count.textContent = n === 1 ? '1 word' : `${n} words`;
  };
  const open = () => {
    for (const { el } of articles.values()) el.classList.remove('open');
    const found = articles.get(names.get(wanted()));
    if (!found) return;
    if (found.el.hidden) { box.value = ''; search(); }
    found.el.classList.add('open');
    found.el.scrollIntoView({ block: 'start' });
    found.el.focus({ preventScroll: true });
  };
  box.addEventListener('input', search);
  root.append(h('div', { class: 'find' }, box, count), ...sections);
  search();
  return open;
}

const mounted = new WeakSet();

export default function ({ data, parentElement }) {
  if (mounted.has(parentElement)) return undefined;      // the words do not change
  mounted.add(parentElement);
  const root = h('div', { class: 'glossary' }), off = new AbortController();
  parentElement.append(root);
  const open = build(data, root);
  window.addEventListener('hashchange', open, { signal: off.signal });
  requestAnimationFrame(open);
  document.fonts.ready.then(() => requestAnimationFrame(open));      // with other fonts the words above have other heights
  return () => { off.abort(); mounted.delete(parentElement); root.remove(); };
}

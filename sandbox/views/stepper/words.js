// Words that explain themselves: a name that can be clicked wherever it stands, and what its card says.
//
// The document has the cards (views/words.py).  An address in one becomes a link only if it is one of ours, or of those who publish standards.

const STANDARDS = /^https:\/\/(www\.rfc-editor\.org|datatracker\.ietf\.org|openid\.net)\/[\w./#-]+$/, PLAY = /^play\?scenario=[a-z0-9-]+&step=[a-z0-9_]+$/;

/** The card of a name, of `check:NAME` or of `party:ID`: what the tables of the document say, and why, if there is a reason; or undefined. */
function cardOf(doc, word) {
  const key = word.toLowerCase(), of = (table) => (Object.hasOwn(table ?? {}, key) ? table[key] : undefined), card = of(doc.words);
  if (key.startsWith('check:')) {
    const name = key.slice(6), told = doc.panes.map((pane) => pane.checks[name]).find(Boolean);
    return told ? { word: name.replaceAll('_', ' '), kind: 'check', is: told.sentence, ref: [[told.ref, '']], ...card } : undefined;
  }
  const field = of(doc.fields);
  return field ? { word, kind: 'field', is: field[0], ref: [[field[1], '']], ...card } : card;
}

/** The text, as a button that opens the card of `word`, if there is one; else as it is.  `tag`: the element that it would be. */
function wordOf(doc, word, text, tag = 'span', tabindex = 0) {
  if (!cardOf(doc, word)) return h(tag, {}, text);
  return h('button', { type: 'button', class: `word ${tag}`, 'data-word': word, tabindex, title: 'What it is, and why' }, text);
}

/** Why it is there, and what happens without it, with the attack that plays it; not while that is a question. */
function reasons(card, closed) {
  const out = [];
  if (card.why) out.push(h('h5', {}, 'Why it is there'), h('p', {}, card.why));
  if (!card.without && !card.attack) return out;
  if (closed) return [...out, h('h5', {}, 'Without it'), h('p', { class: 'fine' }, 'That may be the question here: answer it first.')];
  out.push(h('h5', {}, 'Without it'), card.without ? h('p', {}, card.without) : null);
  if (card.attack && PLAY.test(card.attack.href)) out.push(h('p', {}, h('a', { href: card.attack.href, target: '_blank', rel: 'noopener' }, `See it: ${card.attack.title}`)));
  return out.filter(Boolean);
}

/** Where it is written, as links. */
function cited(card) {
  return h('cite', {}, ...(card.ref ?? []).map(([text, url]) => (STANDARDS.test(url) ? h('a', { href: url, target: '_blank', rel: 'noopener' }, text) : text)));
}

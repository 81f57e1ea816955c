// What a learner has done, kept in this browser and nowhere else: stops, answers and words.  Put before the scripts that need it.
//
// One key of localStorage, `oauth-sandbox`, holds JSON:
//   {"v": 1, "done": ["code-flow"], "answers": {"code-flow/copy": {"said": "refused", "right": true}}, "words": ["state"]}
// What is read back, from there or from a link, may have been written by anybody: it is bounded, and what is not of this form, or
// names a stop that is not known here, is left out with a sentence.  Whoever changes something tells the page by the event CHANGED.

const progress = (() => {
  const KEY = 'oauth-sandbox', VERSION = 1, CHANGED = 'oauth-sandbox-progress', LINK = 'progress';
  const LONGEST = 65536, MOST = { done: 500, answers: 2000, words: 1000 };
  const STOP = /^[a-z0-9-]{1,60}$/, QUESTION = /^([a-z0-9-]{1,60})\/[a-z0-9_]{1,40}(\.[1-9])?$/, WORD = /^[A-Za-z0-9][A-Za-z0-9_.' -]{0,59}$/;
  const nothing = () => ({ v: VERSION, done: [], answers: {}, words: [] });
  let memory = '';                                     // where the browser keeps nothing, this page does

  function stored() {
    try { return localStorage.getItem(KEY) ?? ''; } catch { return memory; }
  }

  function store(found) {
    memory = found ? JSON.stringify(found) : '';
    try { if (found) localStorage.setItem(KEY, memory); else localStorage.removeItem(KEY); } catch { /* memory has it */ }
    window.dispatchEvent(new Event(CHANGED));
  }

  const listed = (value) => Array.isArray(value) ? value : [];
  const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const answered = (value) => isMap(value) && typeof value.said === 'string' && value.said.length > 0 && value.said.length <= 200 && typeof value.right === 'boolean';

  /** A text as progress, and a sentence for each kind of thing that was left out.  `known`: the stops that exist, if that is known. */
  function parse(text, known) {
    const problems = [], found = nothing();
    if (!text) return { found, problems };
    let raw = null;
    if (text.length <= LONGEST) try { raw = JSON.parse(text); } catch { /* said below */ }
    if (!isMap(raw)) return { found, problems: ['What was kept of your progress cannot be read; it was left out.'] };
    if (raw.v !== VERSION) return { found, problems: ['Your progress was written by another version of this page; it was left alone.'], foreign: true };
    const there = known && new Set(known), unknown = new Set();
    const exists = (id) => !there || there.has(id) || (unknown.add(id), false);
    const good = (list, form) => [...new Set(listed(list).filter((each) => typeof each === 'string' && form.test(each)))];
    const given = isMap(raw.answers) ? Object.entries(raw.answers) : [];
    const answers = given.filter(([name, value]) => QUESTION.test(name) && answered(value));
    found.done = good(raw.done, STOP).filter(exists).slice(0, MOST.done);
    found.words = good(raw.words, WORD).slice(0, MOST.words);
    for (const [name, { said, right }] of answers.filter(([name]) => exists(QUESTION.exec(name)[1])).slice(0, MOST.answers)) found.answers[name] = { said, right };
    const odd = listed(raw.done).length - good(raw.done, STOP).length + given.length - answers.length + listed(raw.words).length - good(raw.words, WORD).length;
    if (unknown.size) problems.push(`Your progress names what does not exist here, and it was left out: ${[...unknown].slice(0, 5).join(', ')}${unknown.size > 5 ? ' and more' : ''}.`);
    if (odd) problems.push(`Part of your progress makes no sense and was left out (${odd}).`);
    return { found, problems };
  }

  /** What this browser has: {found, problems}. */
  const read = (known) => parse(stored(), known);

  /** Change it, unless another version wrote it. */
  function change(how) {
    const { found, foreign } = read();
    if (foreign) return;
    how(found);
    if (JSON.stringify(found) !== stored()) store(found);
  }

  const mark = (stop) => change((found) => { if (STOP.test(stop) && !found.done.includes(stop) && found.done.length < MOST.done) found.done.push(stop); });
  const word = (name) => change((found) => { if (WORD.test(name) && !found.words.includes(name) && found.words.length < MOST.words) found.words.push(name); });
  const answer = (stop, question, said, right) => change((found) => {
    const name = `${stop}/${question}`, given = { said: String(said).slice(0, 200), right: Boolean(right) };
    if (QUESTION.test(name) && answered(given) && (name in found.answers || Object.keys(found.answers).length < MOST.answers)) found.answers[name] = given;
  });
  const erase = () => store(null);
  const isEmpty = (found) => !(found.done.length || found.words.length || Object.keys(found.answers).length);

  /** All of it in a link to this page.  It stands behind the #, which browsers send to nobody. */
  function link() {
    const bytes = new TextEncoder().encode(JSON.stringify(read().found));
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    return `${location.origin}${location.pathname}#${LINK}=${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
  }

  /** What the link that led here brings; null if it brings nothing. */
  function brought(known) {
    const text = new URLSearchParams(location.hash.slice(1)).get(LINK);
    if (text === null) return null;
    let said = '!';
    if (text.length <= 2 * LONGEST) try {
      said = new TextDecoder().decode(Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)));
    } catch { /* it cannot be read */ }
    return parse(said, known);
  }

  /** Add what was brought to what is here; an answer that was given here stays. */
  const take = (more) => change((found) => {
    found.done = [...new Set([...found.done, ...more.done])].slice(0, MOST.done);
    found.words = [...new Set([...found.words, ...more.words])].slice(0, MOST.words);
    found.answers = Object.fromEntries(Object.entries({ ...more.answers, ...found.answers }).slice(0, MOST.answers));
  });

  /** Forget the link, so that it asks once. */
  const dropLink = () => history.replaceState(history.state, '', location.pathname + location.search);

  const counted = (found) => [[found.done.length, 'stop'], [Object.keys(found.answers).length, 'answer'], [found.words.length, 'word']]
    .filter(([n]) => n).map(([n, what]) => `${n} ${what}${n === 1 ? '' : 's'}`).join(', ').replace(/, (?=[^,]*$)/, ' and ') || 'nothing';

  /** Call `draw` whenever the progress changes, here or in another tab, for as long as `element` is on the page. */
  function watch(element, draw) {
    const heard = (e) => {
      if (!element.isConnected) return [CHANGED, 'storage'].forEach((name) => removeEventListener(name, heard));
      if (e.type === CHANGED || e.key === KEY || e.key === null) draw();
    };
    [CHANGED, 'storage'].forEach((name) => addEventListener(name, heard));
  }

  return { read, mark, answer, word, erase, link, brought, take, dropLink, counted, isEmpty, watch };
})();

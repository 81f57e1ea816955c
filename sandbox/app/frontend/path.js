// The way through, on Start: the next stop, and all stops in their stages, with what this browser knows of them (progress.js).
// `data.kind` says which of the two; Python knows nothing of what was done.

const minutes = (n) => n < 90 ? `${n} minutes` : `about ${Math.round(n / 30) / 2} hours`.replace('.5 hours', '½ hours');
const listed = (numbers) => numbers.join(', ').replace(/, (?=\d+$)/, ' and ');
const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;

/** The next stop, large, and the two other doors. */
function next(data, done) {
  const stops = data.stages.flatMap((stage) => stage.stops), here = stops.find((stop) => !done.has(stop.id));
  const total = stops.reduce((sum, stop) => sum + stop.minutes, 0);
  const doors = data.doors.map((door) => placeLink(door.to, { class: 'door' }, [door.label]));
  if (!here) return [h('small', {}, `All ${stops.length} stops are done`), h('h2', {}, 'You have been everywhere on this path'), h('p', {}, data.after), h('div', { class: 'doors' }, ...doors)];
  const begun = stops.some((stop) => done.has(stop.id));
  const needs = here.needs.filter((n) => !done.has(stops[n - 1].id));
  const meta = [minutes(here.minutes), needs.length ? `better after stop ${listed(needs)}` : '', here.questions ? plural(here.questions, 'question') : ''].filter(Boolean);
  return [
    h('small', {}, begun ? `Your path, stop ${here.number} of ${stops.length}` : `A path of ${stops.length} stops, ${minutes(total)} in all`),
    h('h2', {}, here.title), h('p', {}, here.story), h('p', { class: 'meta' }, meta.join(' · ')),
    h('div', { class: 'doors' }, placeLink(here.to, { class: 'door main' }, [begun ? `Continue: stop ${here.number} of ${stops.length}` : 'Begin with stop 1']), ...doors),
  ];
}

function stopRow(stop, done, missing, here) {
  const state = done.has(stop.id) ? 'done' : stop === here ? 'here' : '';
  const needs = missing.length ? `, after ${listed(missing)}` : '';
  const meta = { done: 'done', here: `you are here, ${stop.minutes} min`, '': `${stop.minutes} min${needs}` }[state];
  return h('li', { class: state }, h('i', { 'aria-hidden': 'true' }, state === 'done' ? '✓' : stop.number),
    h('span', {}, placeLink(stop.to, { 'data-stop': stop.id, 'aria-current': state === 'here' ? 'step' : undefined }, [stop.title]), h('small', {}, meta)));
}

/** All stages. */
function stages(data, done) {
  const stops = data.stages.flatMap((stage) => stage.stops), here = stops.find((stop) => !done.has(stop.id));
  const missing = (stop) => stop.needs.filter((n) => !done.has(stops[n - 1].id));
  return h('div', { class: 'stages' }, ...data.stages.map((stage, n) => h('section', { class: stage.stops.every((s) => done.has(s.id)) ? 'done' : stage.stops.includes(here) ? 'here' : '' },
    h('h3', {}, h('b', {}, n), ` ${stage.name}`), h('ol', {}, ...stage.stops.map((stop) => stopRow(stop, done, missing(stop), here))))));
}

/** What can be done with the progress: take it along, erase it. */
function tools(found, state, redraw) {
  if (progress.isEmpty(found)) return h('p', { class: 'tools' }, 'What you do is kept in this browser only.');
  const press = (label, act) => h('button', { type: 'button', onclick: act }, label);
  const say = (text) => { state.said = text; redraw(); };
  if (state.erasing) return h('p', { class: 'tools' }, h('span', { role: 'status' }, `Erase ${progress.counted(found)} from this browser?`),
    press('Yes, erase', () => { state.erasing = false; state.said = 'Erased.'; progress.erase(); }), press('Keep', () => { state.erasing = false; redraw(); }));
  return h('p', { class: 'tools' }, h('span', { role: 'status' }, state.said || `${progress.counted(found)}, kept in this browser only.`.replace(/^./, (c) => c.toUpperCase())),
    press('Copy a link with it', async () => { const to = progress.link(); if (await copyText(to)) say('Copied. Open it in another browser.'); else prompt('A link with your progress:', to); }),
    press('Erase', () => { state.erasing = true; redraw(); }));
}

/** What a link brings, before anything is taken over. */
function arrived(data, redraw) {
  const more = progress.brought(data.known);
  if (!more) return null;
  const close = () => { progress.dropLink(); redraw(); };
  const nothing = progress.isEmpty(more.found);
  return h('div', { class: 'notice', role: 'status' }, ...more.problems.map((each) => h('p', {}, each)),
    h('p', {}, nothing ? 'This link brings no progress.' : `This link brings ${progress.counted(more.found)}. What you have done here stays.`),
    nothing ? null : h('button', { type: 'button', onclick: () => { progress.take(more.found); close(); } }, 'Add it'),
    h('button', { type: 'button', onclick: close }, nothing ? 'Close' : 'No'));
}

const drawn = new WeakMap();

export default function ({ data, parentElement }) {
  let state = drawn.get(parentElement);
  const fresh = !state;
  if (fresh) {
    state = { root: h('div') };
    parentElement.append(state.root);
    drawn.set(parentElement, state);
    const again = () => { state.last = ''; state.draw(); };
    progress.watch(parentElement, again);
    addEventListener('hashchange', again);
  }
  state.draw = () => {
    const { found, problems } = progress.read(data.known);
    const redraw = () => { state.last = ''; state.draw(); };
    const text = JSON.stringify([data, found, location.hash]);
    if (state.last === text) return;
    state.last = text;
    const done = new Set(found.done);
    state.root.className = data.kind;
    if (data.kind === 'next') state.root.replaceChildren(...next(data, done));
    else state.root.replaceChildren(...[arrived(data, redraw), h('header', {}, h('h2', {}, data.title), h('p', {}, data.about), tools(found, state, redraw)),
      ...problems.map((each) => h('p', { class: 'notice' }, each)), stages(data, done)].filter(Boolean));
    state.root.dataset.done = String(found.done.length);
  };
  state.draw();
}

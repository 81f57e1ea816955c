// Writes what the visitor looks at into the address, and copies the address.
//
// Python never writes it: Streamlit would put back its own, older copy of `step`, which belongs to the stepper.

const OURS = ['scenario', 'profile', 'set', 'edit', 'seed', 'step', 'a', 'b', 'c', 'd', 'show', 'answers', 'api', 'proof', 'wait', 'how',
  'item', 'files', 'predict', 'present', 'record', 'world', 'turn', 'room'];
const STYLE = `
  button { height: 2.15rem; padding: 0 .75rem; border-radius: 8px; cursor: pointer; white-space: nowrap; font: inherit; font-size: 14px;
    color: inherit; background: transparent; border: 1px solid light-dark(#dfe4ec, #2a3342); font-family: var(--st-font, sans-serif) }
  button:hover { border-color: light-dark(#1d4ed8, #6ea8fe); color: light-dark(#1d4ed8, #6ea8fe) }
  button:focus-visible { outline: 2px solid light-dark(#1d4ed8, #6ea8fe); outline-offset: 2px }
  output:not(:empty) { position: absolute; z-index: 9; right: 0; top: 2.5rem; width: max-content; max-width: min(19rem, 80vw); padding: .6rem .8rem; border-radius: 8px;
    font: 14px/1.45 var(--st-font, sans-serif); color: light-dark(#1f2937, #e6e9ef); background: light-dark(#fff, #1a2230); border: 1px solid light-dark(#b42318, #f59a90) }
  :host { position: relative }`;

/** `a=b,c=d` stays readable: none of these mean anything inside a value of a query. */
const readable = (text) => encodeURIComponent(text).replaceAll('%3D', '=').replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%3A', ':');

const ENTRY = ['profile', 'set', 'turn'];            // of Play: another choice is another entry of the history
const chosen = (params) => JSON.stringify(ENTRY.map((name) => params[name] ?? ''));
const inAddress = () => Object.fromEntries(new URLSearchParams(location.search));

/** Write the parameters, in a new entry of the history if the visitor has chosen another setting (`state` has what was written last). */
function write({ page, params, entries }, state) {
  if (location.pathname.replace(/\/+$/, '').split('/').pop() !== page) return;      // the visitor has moved on
  const now = new URLSearchParams(location.search);
  const wanted = Object.entries(params);
  if (now.has('step')) wanted.push(['step', now.get('step')]);
  for (const [name, value] of now) if (!OURS.includes(name)) wanted.push([name, value]);
  const query = wanted.map(([name, value]) => `${readable(name)}=${readable(value)}`).join('&');
  const to = location.pathname + (query ? `?${query}` : '') + location.hash;
  const before = state.written;
  state.written = chosen(params);
  if (to === location.pathname + location.search + location.hash) return;
  if (entries && before !== undefined && before !== state.written) history.pushState({ ...history.state }, '', to);
  else history.replaceState(history.state, '', to);
}

/** Back or Forward within this page: Python is told what the address asks for, and until it has drawn that, nothing is written over it. */
function turned(state) {
  const { page, entries } = state.data;
  if (!entries || location.pathname.replace(/\/+$/, '').split('/').pop() !== page) return;
  const query = inAddress();
  if (chosen(query) === state.written) return;
  state.awaited = chosen(query);
  clearTimeout(state.patience);
  state.patience = setTimeout(() => { state.awaited = undefined; }, 30_000);
  state.tell('turned', query);
}

async function copy(button, said, { lacks }) {
  said.textContent = said.textContent ? '' : lacks;              // a second click takes it away
  if (lacks) return;
  if (await copyText(location.href)) button.textContent = 'Copied';
  else prompt('The link to this view:', location.href);
  setTimeout(() => { button.textContent = 'Copy link'; }, 1600);
}

const mounted = new WeakMap();

function current(parentElement) {
  const state = mounted.get(parentElement) ?? {};
  if (!state.heard) {
    state.heard = () => { if (parentElement.isConnected) turned(state); else removeEventListener('popstate', state.heard); };
    addEventListener('popstate', state.heard);
    mounted.set(parentElement, state);
  }
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = Object.assign(current(parentElement), { data, tell: setTriggerValue });
  if (state.awaited === undefined || state.awaited === chosen(data.params)) {
    if (state.awaited !== undefined) state.written = state.awaited;
    state.awaited = undefined;
    write(data, state);
  }
  if (!data.lacks && parentElement.querySelector('output')) parentElement.querySelector('output').textContent = '';
  if (parentElement.querySelector('button')) return;
  const style = document.createElement('style');
  const button = document.createElement('button'), said = document.createElement('output');
  style.textContent = STYLE;
  button.type = 'button';
  button.textContent = 'Copy link';
  button.title = 'Copy a link to exactly this view';
  button.addEventListener('click', () => copy(button, said, state.data));
  parentElement.append(style, button, said);
}

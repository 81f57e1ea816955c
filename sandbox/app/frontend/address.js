// Writes what the visitor looks at into the address, and copies the address.
//
// Python never writes it: Streamlit would put back its own, older copy of `step`, which belongs to the stepper.

const OURS = ['scenario', 'profile', 'set', 'edit', 'seed', 'step', 'a', 'b', 'c', 'show', 'answers', 'api', 'proof', 'wait', 'how',
  'item', 'files', 'predict', 'present', 'world'];
const STYLE = `
  button { height: 2.15rem; padding: 0 .75rem; border-radius: 8px; cursor: pointer; white-space: nowrap; font: inherit; font-size: 14px;
    color: inherit; background: transparent; border: 1px solid light-dark(#dfe4ec, #2a3342); font-family: var(--st-font, sans-serif) }
  button:hover { border-color: light-dark(#1d4ed8, #6ea8fe); color: light-dark(#1d4ed8, #6ea8fe) }
  button:focus-visible { outline: 2px solid light-dark(#1d4ed8, #6ea8fe); outline-offset: 2px }`;

/** `a=b,c=d` stays readable: none of these mean anything inside a value of a query. */
const readable = (text) => encodeURIComponent(text).replaceAll('%3D', '=').replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%3A', ':');

function write({ page, params }) {
  if (location.pathname.replace(/\/+$/, '').split('/').pop() !== page) return;      // the visitor has moved on
  const now = new URLSearchParams(location.search);
  const wanted = Object.entries(params);
  if (now.has('step')) wanted.push(['step', now.get('step')]);
  for (const [name, value] of now) if (!OURS.includes(name)) wanted.push([name, value]);
  const query = wanted.map(([name, value]) => `${readable(name)}=${readable(value)}`).join('&');
  const to = location.pathname + (query ? `?${query}` : '') + location.hash;
  if (to !== location.pathname + location.search + location.hash) history.replaceState(history.state, '', to);
}

async function copy(button) {
  if (await copyText(location.href)) button.textContent = 'Copied';
  else prompt('The link to this view:', location.href);
  setTimeout(() => { button.textContent = 'Copy link'; }, 1600);
}

export default function ({ data, parentElement }) {
  write(data);
  if (parentElement.querySelector('button')) return;
  const style = document.createElement('style');
  const button = document.createElement('button');
  style.textContent = STYLE;
  button.type = 'button';
  button.textContent = 'Copy link';
  button.title = 'Copy a link to exactly this view';
  button.addEventListener('click', () => copy(button));
  parentElement.append(style, button);
}

// A quiet bar while the server cannot be reached: what is on show goes on, and what waits is said.  Streamlit's own dialog is hidden
// (app.css): it would lie over a lesson that needs no server.

const SHORT = 1500;                  // milliseconds of a cut that nobody needs to hear of
const LOST = 'DISCONNECTED_FOREVER';
const bars = new WeakSet();
const STYLE = `
  .bar { position: fixed; inset: auto 0 14px; z-index: 1000; width: fit-content; max-width: min(92vw, 44rem); margin-inline: auto; padding: 8px 16px;
    border-radius: 8px; font: 14px/1.4 var(--st-font, sans-serif); color: light-dark(#4a3500, #ffe2a8); background: light-dark(#fff3d6, #3a2c0c);
    border: 1px solid light-dark(#d9a53c, #8a6a24); box-shadow: 0 6px 20px rgb(0 0 0 / .16) }
  .bar[hidden] { display: none }`;

/** What the bar says, in this state of the connection and with so many events of the stepper on their way. */
function said(state, waiting) {
  if (state === LOST) return 'The server has ended this visit. Load the page again to go on.';
  const waits = waiting === 1 ? ' One answer or change waits.' : waiting ? ` ${waiting} answers and changes wait.` : '';
  return `The server cannot be reached. Stepping goes on; what you choose is done when it is back.${waits}`;
}

export default function ({ parentElement }) {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || bars.has(parentElement)) return undefined;
  bars.add(parentElement);
  const bar = h('div', { class: 'bar', role: 'status', hidden: true }), style = document.createElement('style'), off = new AbortController();
  style.textContent = STYLE;
  parentElement.append(style, bar);
  let waiting = 0, timer = 0;
  const state = () => app.dataset.testConnectionState, cut = () => state() !== 'CONNECTED';
  const draw = () => { bar.hidden = !cut(); bar.textContent = cut() ? said(state(), waiting) : ''; };
  const heard = () => { clearTimeout(timer); timer = setTimeout(draw, cut() && bar.hidden ? SHORT : 0); };
  const watcher = new MutationObserver(heard);
  watcher.observe(app, { attributes: true, attributeFilter: ['data-test-connection-state'] });
  window.addEventListener('oauth-sandbox-waiting', (e) => { waiting = e.detail; if (!bar.hidden) draw(); }, { signal: off.signal });
  return () => setTimeout(() => { if (!parentElement.isConnected) { watcher.disconnect(); off.abort(); clearTimeout(timer); bars.delete(parentElement); } });
}

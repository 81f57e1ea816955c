// Takes in what is typed into the token lab after a short pause, and hides what does not belong to it any more.
//
// Streamlit sends a text area when it loses the focus, or at Ctrl+Enter.  Until then its verdict would stand beside a changed token.

const PAUSE = 500;          // milliseconds without a key
const NAMES = ['token', 'header', 'claims'];
const SHOWN = '.st-key-lab-result, .st-key-lab-read';
const plain = (text) => text.replaceAll('\r\n', '\n');
const area = (name) => document.querySelector(`.st-key-lab-${name} textarea`);

let texts = {};
let pause = 0;
let watch = 0;

/** Whether some text differs from the one that the page was drawn for. */
function behind() {
  return NAMES.some((name) => area(name) && plain(area(name).value) !== plain(texts[name] ?? ''));
}

/** Hides, or shows again, what was made of the texts; looks again as long as it is hidden. */
function settle() {
  const late = behind();
  for (const place of document.querySelectorAll(SHOWN)) {
    place.toggleAttribute('data-behind', late);
    place.setAttribute('aria-busy', String(late));
  }
  clearTimeout(watch);
  if (late) watch = setTimeout(settle, 150);
}

function send(field) {
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', ctrlKey: true, bubbles: true }));
}

function typed(event) {
  const name = NAMES.find((each) => event.target === area(each));
  if (!name || event.isComposing) return;
  settle();
  clearTimeout(pause);
  pause = setTimeout(() => { if (behind()) send(event.target); }, PAUSE);
}

export default function ({ data }) {
  texts = data.texts;
  if (!document.labFollows) {
    document.labFollows = true;
    document.addEventListener('input', (event) => document.labTyped(event));
  }
  document.labTyped = typed;
  settle();
}

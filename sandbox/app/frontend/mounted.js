// The stepper on a page of the app: what loading.js fetches once and calls for each new document.  SHEET, the stepper's sheet, and the
// stepper's own scripts stand before this one.

const sheet = new CSSStyleSheet();
sheet.replaceSync(SHEET);
const steppers = new WeakMap();      // Streamlit's parent element -> Stepper
const SETTLED = 1000;                // milliseconds after which a server that is back has drawn the page
const latest = new WeakMap();        // the same -> the bytes that came last, and the promise of their document

/** The document of these bytes, which are JSON, compressed or not.  Bytes that came before give the very same document. */
function unpacked(parent, bytes) {
  const last = latest.get(parent);
  if (last && last.bytes.length === bytes.length && last.bytes.every((byte, i) => byte === bytes[i])) return last.document;
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b, whole = new Blob([bytes]).stream();
  const document = new Response(packed ? whole.pipeThrough(new DecompressionStream('gzip')) : whole).json();
  latest.set(parent, { bytes, document });
  return document;
}

/** Call `back` whenever the page finds its server again, for as long as the element is on the page. */
function onReturn(element, back) {
  const app = document.querySelector('[data-testid="stApp"]'), cut = () => app.dataset.testConnectionState !== 'CONNECTED';
  let was = false;
  const watcher = new MutationObserver(() => {
    if (!element.isConnected) watcher.disconnect();
    else if (was && !cut()) back();
    was = cut();
  });
  if (app) watcher.observe(app, { attributes: true, attributeFilter: ['data-test-connection-state'] });
}

/** Streamlit calls this on mount and again for each change of `data` *or of the theme*, with the same parent.
 *  It may run an earlier call's clean-up at once when a later call has overtaken it, so a clean-up means
 *  "unmounted" only if the page no longer holds the element a moment later. */
export default function ({ data, parentElement, setTriggerValue }) {
  const document = unpacked(parentElement, data);
  document.then((doc) => {
    if (latest.get(parentElement)?.document !== document || !parentElement.isConnected) return;      // overtaken, or gone
    const root = parentElement.getRootNode();
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    let stepper = steppers.get(parentElement);
    if (!stepper) {
      steppers.set(parentElement, stepper = new Stepper(parentElement, { url: doc.film ? '' : 'query' }));
      onReturn(parentElement, () => setTimeout(() => stepper.reconnected(), SETTLED));
    }
    stepper.send = setTriggerValue;
    stepper.link = placeLink;
    stepper.update(doc);
  });
  return () => setTimeout(() => {
    const stepper = steppers.get(parentElement);
    if (stepper && !stepper.root.isConnected) { stepper.destroy(); steppers.delete(parentElement); latest.delete(parentElement); }
  });
}

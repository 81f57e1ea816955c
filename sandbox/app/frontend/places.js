// Links inside the app, for components: put before their scripts, after dom.js.  An address is made here, from the name of a page and
// its parameters; a plain click stays in the app (Python switches the page), any other opens the address.

const PLACES = new Set(['play', 'compare', 'workshop', 'attacks', 'flows', 'system', 'matrix']);

/** `a=b,c=d` stays readable: neither means anything inside a value of a query. */
const readableInLinks = (text) => encodeURIComponent(text).replaceAll('%3D', '=').replaceAll('%2C', ',');

/** The address of a place, below wherever the app is. */
function address({ page, params }) {
  const query = Object.entries(params).map(([name, value]) => `${readableInLinks(name)}=${readableInLinks(value)}`).join('&');
  return new URL(PLACES.has(page) ? page : 'play', document.baseURI).pathname + (query ? `?${query}` : '');
}

/** A link to a place: `open(to)` on a plain click. */
function placeLink(to, open, attrs, ...children) {
  return h('a', { ...attrs, href: address(to), onclick: (e) => {
    if (e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    open(to);
  } }, ...children);
}

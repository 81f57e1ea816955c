// Links inside the app, for components: put before their scripts, after dom.js.  An address is made here, from the name of a page and
// its parameters; a plain click stays in the app, any other opens the address.  (Not by st.switch_page: with parameters it makes two
// entries in the history, of which the first has the parameters on the page that was left.)

const PLACES = new Set(['play', 'compare', 'workshop', 'attacks', 'flows', 'system', 'matrix']);

/** `a=b,c=d` stays readable: neither means anything inside a value of a query. */
const readableInLinks = (text) => encodeURIComponent(text).replaceAll('%3D', '=').replaceAll('%2C', ',');

/** The address of a place, below wherever the app is. */
function address({ page, params }) {
  const query = Object.entries(params).map(([name, value]) => `${readableInLinks(name)}=${readableInLinks(value)}`).join('&');
  return new URL(PLACES.has(page) ? page : 'play', document.baseURI).pathname + (query ? `?${query}` : '');
}

/** Go there without loading the app anew.  Streamlit looks at the address after Back and Forward, and so it is told of a new entry. */
function goTo(to) {
  history.pushState({}, '', address(to));
  dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
}

/** A link to a place; `first` is what a plain click does before it leaves. */
function placeLink(to, attrs, children, first = () => {}) {
  return h('a', { ...attrs, href: address(to), onclick: (e) => {
    if (e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    first();
    goTo(to);
  } }, ...children);
}

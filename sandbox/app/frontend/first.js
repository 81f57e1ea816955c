// In the head of each document, before Streamlit has run: it would fetch its font of icons for every page, also for those with none.
// And the link past the navigation: to the controls of a run where there is one, else to the page.  A link that was followed with a key
// leaves the focus nowhere: it is given to the run that comes (views/stepper/stepper.js).
// And where Streamlit's server is: it would look for it below each page first, and twice in vain.  The browser knows its path better than
// the server, which may not have been told that a proxy has it below one.
{
  const { page } = document.currentScript.dataset, path = location.pathname.replace(/(\/index\.html|\/+)$/, '');
  window.__streamlit = { BACKEND_BASE_URL: `${location.origin}${page && path.endsWith(`/${page}`) ? path.slice(0, -page.length - 1) : path}/` };
}
{
  const load = document.fonts.load.bind(document.fonts);
  document.fonts.load = (font, ...more) => (font.includes('Material Symbols') ? Promise.resolve([]) : load(font, ...more));
}
document.addEventListener('click', (e) => {
  if (!e.target.closest?.('.skip')) return;
  e.preventDefault();
  if (window.dispatchEvent(new CustomEvent('oauth-sandbox-skip', { cancelable: true }))) document.querySelector('[data-testid="stMain"]')?.focus();
});
document.addEventListener('keydown', (e) => {
  if (e.key === 'Enter' && e.composedPath()[0].matches?.('a[href]')) document.documentElement.dataset.followed = 'by key';
}, true);
document.addEventListener('pointerdown', () => { delete document.documentElement.dataset.followed; }, true);

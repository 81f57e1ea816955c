// In the head of each document, before Streamlit has run: it would fetch its font of icons for every page, also for those with none.
// And the link past the navigation: to the controls of a run where there is one, else to the page.  A link that was followed with a key
// leaves the focus nowhere: it is given to the run that comes (views/stepper/stepper.js).
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

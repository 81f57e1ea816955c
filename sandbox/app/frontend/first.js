// In the head of each document, before Streamlit has run: it would fetch its font of icons for every page, also for those with none.
{
  const load = document.fonts.load.bind(document.fonts);
  document.fonts.load = (font, ...more) => (font.includes('Material Symbols') ? Promise.resolve([]) : load(font, ...more));
}

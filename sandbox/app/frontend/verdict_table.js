// A table whose cells lead into runs.  Every text is data and reaches the page through h() of dom.js, every link is made in places.js;
// both stand before this script.

/** Names of switches break at their punctuation, if they must. */
const breakable = (text) => text.split(/(?<=[.=+_])/).flatMap((part, i) => i ? [document.createElement('wbr'), part] : [part]);

/** One outcome: symbol, word, and what there is to say about it, as a link if it leads somewhere. */
function outcome(item) {
  const inside = [h('i', { 'aria-hidden': 'true' }, item.mark), h('b', {}, ...breakable(item.word)), item.more ? h('small', {}, item.more) : null, item.note ? h('small', {}, item.note) : null];
  if (!item.to) return h('span', { class: `item ${item.tone}` }, ...inside);
  return placeLink(item.to, { class: `item ${item.tone}`, title: item.title || undefined, 'data-id': item.id }, inside);
}

/** One row.  In a narrow window a row is a stack (verdict_table.css): each cell then says its column itself, and the roles stay said. */
function row(data, columns) {
  if (data.group) return h('tr', { class: 'group', role: 'row' }, h('th', { colspan: data.span, scope: 'colgroup', role: 'columnheader' }, data.group));
  const cells = data.cells.map((cell, i) => h('td', { 'data-label': columns[i + 1], role: 'cell' }, cell.says ? h('p', {}, cell.says) : null,
    ...cell.items.map((item) => outcome(item)), cell.items.length || cell.says ? null : h('span', { class: 'empty' }, cell.empty)));
  return h('tr', { role: 'row' }, h('th', { scope: 'row', role: 'rowheader' }, data.head, data.sub ? h('small', {}, data.sub) : null), ...cells);
}

const shown = new WeakMap();

export default function ({ data, parentElement }) {
  const text = JSON.stringify(data);
  let state = shown.get(parentElement);
  if (!state) {
    state = { root: h('div', { class: 'board' }) };
    parentElement.append(state.root);
    shown.set(parentElement, state);
  }
  if (state.text === text) return;
  const focus = state.root.getRootNode().activeElement?.dataset?.id;
  state.text = text;
  const head = h('tr', { role: 'row' }, ...data.columns.map((c) => (c ? h('th', { scope: 'col', role: 'columnheader' }, c) : h('td', { role: 'cell' }))));
  state.root.className = `board ${data.kind}`;
  state.root.replaceChildren(h('table', { role: 'table' }, h('caption', {}, data.caption),
    h('thead', { role: 'rowgroup' }, head), h('tbody', { role: 'rowgroup' }, ...data.rows.map((r) => row(r, data.columns)))));
  state.root.dataset.rows = String(data.rows.length);
  if (focus) [...state.root.querySelectorAll('[data-id]')].find((el) => el.dataset.id === focus)?.focus();
}

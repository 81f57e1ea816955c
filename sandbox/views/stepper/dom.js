// Elements out of data, for every script of ours: it is put before the stepper, the editor and the tables (see __init__.py).
//
// Every text is data: it becomes a text node, never HTML, and what cannot be seen in it is spelled out.

/** `h('button', { class: 'go', disabled: !at, onclick: go }, 'Go')`: no attribute for undefined, null and false; a listener for on... */
function h(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.filter((c) => c !== null && c !== undefined).map(visible));
  return el;
}

/** Text with its invisible characters spelled out: control characters, bidi overrides, zero-width marks.  Nodes stay as they are. */
function visible(child) {
  if (child instanceof Node) return child;
  return String(child).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (c) => `⟦U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟧`);
}

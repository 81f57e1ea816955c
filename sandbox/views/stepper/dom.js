// Elements out of data, for every script of ours: it is put before the stepper, the editor and the tables (see __init__.py),
// after HIDDEN, the table of core/text.py.
//
// Every text is data: it becomes a text node, never HTML, and what cannot be seen in it is spelled out.

/** `h('button', { class: 'go', disabled: !at, onclick: go }, 'Go')`: no attribute for undefined, null and false; a listener for on... */
function h(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name === 'style') el.style.cssText = value;                     // the attribute, unlike this, is what a security policy forbids
    else if (value !== undefined && value !== null && value !== false) el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.filter((c) => c !== null && c !== undefined).map(visible));
  return el;
}

/** Text with its hidden characters spelled out, as `spelled` of core/text.py does it.  Nodes stay as they are. */
function visible(child) {
  if (child instanceof Node) return child;
  return String(child).replace(HIDDEN, (c) => `⟦U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟧`);
}

/** Put a text into the clipboard; false if that cannot be had.  Pages without https have no clipboard of their own, but may copy. */
async function copyText(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* the old way */ }
  const area = h('textarea', { readonly: true, style: 'position: fixed; opacity: 0' }), focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  focused?.focus?.({ preventScroll: true });
  return done;
}

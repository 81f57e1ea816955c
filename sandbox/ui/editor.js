// The editor of the workshop: a textarea with the numbers of its lines and a mark where something is wrong.
//
// The text is the visitor's.  What comes from Python replaces it only if it is another file or another edition of it (loaded, put
// back); an echo of what was typed never does.  A server that has begun anew, and knows an older edition, is told the text instead.

const PAUSE = 350;                    // ms without a key, after which the text is checked

function h(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) el.setAttribute(name, value);
  el.append(...children);
  return el;
}

class Editor {
  constructor(parent) {
    this.problems = new Map();        // line -> column of its first problem, both from 1, in characters
    this.drawn = [];
    this.lines = h('div', { class: 'lines', 'aria-hidden': 'true' });
    this.area = h('textarea', { spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off' });
    parent.append(h('div', { class: 'editor' }, this.lines, this.area));
    this.area.addEventListener('input', () => { this.draw(); clearTimeout(this.timer); this.timer = setTimeout(() => this.tell(), PAUSE); });
    this.area.addEventListener('blur', () => { if (this.timer) this.tell(); });
    this.area.addEventListener('keydown', (e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) this.tell(); });
    this.area.addEventListener('scroll', () => this.follow());
    new ResizeObserver(() => this.follow()).observe(this.area);
  }

  tell() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.send('typed', { file: this.file, text: this.area.value, edition: this.edition });
  }

  update({ file, text, edition, problems, label, placeholder }) {
    const lost = edition < (this.edition ?? 0) && this.area.value;
    this.area.placeholder = placeholder;
    this.area.setAttribute('aria-label', label);
    if (lost) this.tell();
    else if (file !== this.file || edition !== this.edition) {
      this.edition = edition;
      clearTimeout(this.timer);
      this.timer = 0;
      this.file = file;
      this.area.value = text;
      this.area.scrollTop = 0;
    }
    if (!this.timer) {                                                         // else they are those of an older text
      this.problems = new Map([...problems].reverse().map(([line, column]) => [line, column]));
      this.area.setAttribute('aria-invalid', String(problems.length > 0));
    }
    this.draw();
  }

  /** The same text behind the textarea, wrapped alike, for the numbers and the marks; only what changed is made anew. */
  draw() {
    const texts = this.area.value.split('\n');
    while (this.lines.children.length > texts.length) this.lines.lastChild.remove();
    while (this.lines.children.length < texts.length) this.lines.append(h('div'));
    this.drawn.length = texts.length;
    texts.forEach((text, i) => {
      const column = this.problems.get(i + 1), key = `${column ?? ''}|${text}`;
      if (this.drawn[i] === key) return;
      this.drawn[i] = key;
      const line = this.lines.children[i], characters = [...text], before = characters.slice(0, (column ?? 0) - 1).join('');
      const word = column ? /^[\p{L}\p{N}_.$-]+|^./u.exec(characters.slice(column - 1).join(''))?.[0] ?? '' : '';
      line.className = column ? 'line bad' : 'line';
      line.replaceChildren(...(word ? [before, h('mark', {}, word), text.slice(before.length + word.length)] : [text]));
    });
    this.follow();
  }

  follow() {
    this.lines.style.width = `${this.area.clientWidth}px`;
    this.lines.style.transform = `translateY(${-this.area.scrollTop}px)`;
  }
}

const editors = new WeakMap();        // Streamlit's parent element -> Editor

export default function ({ data, parentElement, setTriggerValue }) {
  let editor = editors.get(parentElement);
  if (!editor) editors.set(parentElement, editor = new Editor(parentElement));
  editor.send = setTriggerValue;
  editor.update(data);
}

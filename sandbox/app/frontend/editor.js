// The editor of the workshop: a textarea with the numbers of its lines and a mark where something is wrong.
//
// The text is the visitor's.  What comes from Python replaces it only if it is another file or another edition of it (loaded, put
// back), and never while something is being typed.  What was told is numbered: a server that has not heard it (it began anew, say)
// is told again.  h() is that of dom.js, which stands before this script.

const PAUSE = 350;                    // ms without a key, after which the text is checked

class Editor {
  constructor(parent) {
    this.problems = new Map();        // line -> column of its first problem, both from 1, in characters
    this.drawn = [];
    this.lines = h('div', { class: 'lines', 'aria-hidden': 'true' });
    this.area = h('textarea', { spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off' });
    this.places = h('div', { class: 'places', role: 'group', 'aria-label': 'Problems' });
    parent.append(h('div', { class: 'editor' }, this.lines, this.area), this.places);
    this.area.addEventListener('input', () => { this.draw(); clearTimeout(this.timer); this.timer = setTimeout(() => this.tell(), PAUSE); });
    this.area.addEventListener('blur', () => { if (this.timer) this.tell(); });
    this.area.addEventListener('keydown', (e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) this.tell(); });
    this.area.addEventListener('scroll', () => this.follow());
    new ResizeObserver(() => this.follow()).observe(this.area);
  }

  tell(again = false) {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!again) this.seq += 1;
    this.send('typed', { file: this.file, text: this.area.value, edition: this.edition, seq: this.seq });
  }

  update(data) {
    const said = JSON.stringify(data), { file, text, edition, heard, problems, label, placeholder, most } = data;
    if (said === this.said) return;
    this.said = said;
    this.seq ??= heard;
    this.area.placeholder = placeholder;
    this.area.maxLength = most;
    this.area.setAttribute('aria-label', label);
    if (heard < this.seq) { if (!this.timer) this.tell(true); return; }
    if (!this.timer) {                                                         // else all this is about an older text
      if ((file !== this.file || edition !== this.edition) && this.area.value !== text) { this.area.value = text; this.area.scrollTop = 0; }
      this.file = file;
      this.problems = new Map([...problems].reverse().map(([line, column]) => [line, column]));
      this.area.setAttribute('aria-invalid', String(problems.length > 0));
      this.list(problems);
    }
    this.edition = edition;
    this.draw();
  }

  /** A button for each problem, which leads to its place. */
  list(problems) {
    this.places.replaceChildren(...problems.map(([line, column, message]) => {
      const button = h('button', { type: 'button', title: message, 'aria-label': `Line ${line}, column ${column}: ${message}` }, `✕ ${line}:${column}`);
      button.addEventListener('click', () => this.go(line));
      return button;
    }));
  }

  /** The cursor to a problem, its word selected, its line in view. */
  go(number) {
    const line = this.lines.children[number - 1], mark = line?.querySelector('mark');
    if (!line) return;
    const start = this.area.value.split('\n').slice(0, number - 1).join('\n').length + (number > 1 ? 1 : 0) + (mark?.previousSibling?.textContent.length ?? 0);
    this.area.focus();
    this.area.setSelectionRange(start, start + (mark?.textContent.length ?? 0));
    this.area.scrollTop = line.offsetTop - this.area.clientHeight / 3;
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
      // A node, not a string: what cannot be seen takes no room in the textarea either, and spelled out it would.
      line.replaceChildren(...(word ? [before, h('mark', {}, new Text(word)), text.slice(before.length + word.length)] : [text]));
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

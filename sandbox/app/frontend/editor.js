// The editor of the workshop: CodeMirror with the colours of YAML, what may be written next, what a word means, and what is wrong.
//
// The text is the visitor's.  What comes from Python replaces it only if it is another file or another edition of it (loaded, put
// back), and never while something is being typed.  What was told is numbered: a server that has not heard it (it began anew, say)
// is told again.  dom.js, the bundle codemirror.js, HINTS and hints.js stand before this script.

const { EditorState, Compartment, EditorView } = CodeMirror;
const PAUSE = 350;                    // ms without a key, after which the text is checked
const INK = { key: 'light-dark(#0b4f9e, #8ab8ff)', text: 'light-dark(#1d6b3f, #86d6a8)', number: 'light-dark(#8a4b00, #f0b878)', soft: 'light-dark(#5b6678, #93a0b5)', plain: 'var(--ink)' };

const { tags } = CodeMirror;
const COLOURS = CodeMirror.HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: INK.key },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: INK.text },
  { tag: [tags.number, tags.bool, tags.keyword, tags.typeName, tags.labelName], color: INK.number },
  { tag: [tags.comment, tags.lineComment, tags.meta, tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: INK.soft },
  { tag: tags.content, color: INK.plain },
]);

const card = (name, text) => { const dom = h('div', { class: 'meaning' }, h('b', {}, name), ' ', text); return { dom }; };

function completing(context) {
  const found = offered(context.state.doc.toString(), context.pos);
  if (!found || !found.options.length) return null;
  const word = /["$\w.-]*$/.exec(found.word)[0];
  if (!word && !context.explicit && !/[:,{[\s-]$/.test(context.state.sliceDoc(context.pos - 1, context.pos))) return null;
  return { from: context.pos - word.length, options: found.options.map(({ info, ...each }) => ({ ...each, info: info ? () => h('div', {}, info) : undefined })), validFor: /^["$\w.-]*$/ };
}

const hovering = CodeMirror.hoverTooltip((view, at) => {
  const found = hinted(view.state.doc.toString(), at);
  return found && { pos: found.from, end: found.to, above: true, create: () => card(found.name, found.text) };
});

class Editor {
  constructor(parent) {
    this.timer = 0;
    this.problems = [];
    this.named = new Compartment();
    this.places = h('div', { class: 'places', role: 'group', 'aria-label': 'Problems' });
    const box = h('div', { class: 'editor' });
    parent.append(box, this.places);
    this.view = new EditorView({ parent: box, root: parent instanceof ShadowRoot ? parent : parent.getRootNode(), state: EditorState.create({ extensions: this.extensions() }) });
  }

  extensions() {
    const ours = [{ key: 'Mod-Enter', run: () => { this.tell(); return true; } }];
    return [
      CodeMirror.lineNumbers(), CodeMirror.lintGutter(), CodeMirror.history(), CodeMirror.drawSelection(), CodeMirror.indentOnInput(), CodeMirror.highlightSpecialChars(),
      CodeMirror.yaml(), CodeMirror.syntaxHighlighting(COLOURS), CodeMirror.indentUnit.of('  '), EditorState.tabSize.of(2), EditorView.lineWrapping,
      CodeMirror.autocompletion({ override: [completing], icons: false, maxRenderedOptions: 60 }), hovering, CodeMirror.search({ top: true }), CodeMirror.tooltips({ position: 'fixed' }),
      // Tab indents; Escape and then Tab leaves, which is CodeMirror's own doing
      CodeMirror.keymap.of([...ours, ...CodeMirror.completionKeymap, ...CodeMirror.searchKeymap, ...CodeMirror.lintKeymap, ...CodeMirror.historyKeymap, ...CodeMirror.defaultKeymap, CodeMirror.indentWithTab]),
      EditorState.changeFilter.of((change) => change.newDoc.length <= (this.most ?? Infinity)),
      EditorView.updateListener.of((update) => { if (update.docChanged) this.changed(update.changes); }),
      EditorView.domEventHandlers({ blur: () => { if (this.timer) this.tell(); } }),
      this.named.of([]),
    ];
  }

  get text() { return this.view.state.doc.toString(); }

  /** The buttons below lead to where a problem has gone, until the text has been checked again. */
  changed(changes) {
    for (const problem of this.problems) Object.assign(problem, { from: changes.mapPos(problem.from, 1), to: changes.mapPos(problem.to, -1) });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), PAUSE);
  }

  tell(again = false) {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!again) this.seq += 1;
    this.send('typed', { file: this.file, text: this.text, edition: this.edition, seq: this.seq });
  }

  update(data) {
    const said = JSON.stringify(data), { file, text, edition, heard, problems, label, placeholder, most } = data;
    if (said === this.said) return;
    this.said = said;
    this.seq ??= heard;
    this.most = most;
    this.name(label, placeholder, problems.length > 0);
    if (heard < this.seq) { if (!this.timer) this.tell(true); return; }
    if (!this.timer) {                                                         // else all this is about an older text
      if (file !== this.file || edition !== this.edition) this.replace(text);
      this.file = file;
      this.mark(problems);
    }
    this.edition = edition;
  }

  /** Another text: nothing of the old one can be had back by undoing. */
  replace(text) {
    const plain = text.replace(/\r\n?/g, '\n');
    if (plain === this.text) return;
    const named = this.attributes;
    this.view.setState(EditorState.create({ doc: plain, extensions: this.extensions() }));
    this.attributes = '';
    if (named) this.name(...JSON.parse(named));
    this.view.scrollDOM.scrollTop = 0;
  }

  name(label, placeholder, wrong) {
    const said = JSON.stringify([label, placeholder, wrong]);
    if (said === this.attributes) return;
    this.attributes = said;
    const attributes = { 'aria-label': `${label}. Escape, then Tab, leaves it.`, 'aria-invalid': String(wrong), spellcheck: 'false', autocapitalize: 'off' };
    this.view.dispatch({ effects: this.named.reconfigure([EditorView.contentAttributes.of(attributes), CodeMirror.placeholder(placeholder)]) });
  }

  /** What is wrong, in its place: the word is underlined, the line has a sign, and a button leads there. */
  mark(problems) {
    const { doc } = this.view.state;
    const found = this.problems = problems.filter(([line]) => line <= doc.lines).map(([number, column, message, cure]) => {
      const line = doc.line(number), before = [...line.text].slice(0, column - 1).join(''), from = line.from + before.length;
      const word = /^[\p{L}\p{N}_.$-]+|^./u.exec(line.text.slice(before.length))?.[0] ?? '';
      return { from, to: from + word.length, severity: 'error', message, renderMessage: () => h('div', {}, message, cure ? h('div', { class: 'cure' }, cure) : null), number, column };
    });
    this.view.dispatch(CodeMirror.setDiagnostics(this.view.state, found));
    this.places.replaceChildren(...found.map((problem) => {
      const { message, number, column } = problem;
      const button = h('button', { type: 'button', title: message, 'aria-label': `${number}:${column} Line ${number}, column ${column}: ${message}` }, h('span', { 'aria-hidden': true }, '✕ '), `${number}:${column}`);
      button.addEventListener('click', () => this.go(problem));
      return button;
    }));
  }

  /** The cursor to a problem, its word selected, its line in view. */
  go({ from, to }) {
    this.view.dispatch({ selection: { anchor: from, head: Math.max(from, to) }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    this.view.focus();
  }
}

const editors = new WeakMap();        // Streamlit's parent element -> Editor

export default function ({ data, parentElement, setTriggerValue }) {
  let editor = editors.get(parentElement);
  if (!editor) editors.set(parentElement, editor = new Editor(parentElement));
  editor.send = setTriggerValue;
  editor.update(data);
}

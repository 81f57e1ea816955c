// What the editor of the workshop needs of CodeMirror; sandbox/app/frontend/editor.js uses it under the name CodeMirror.
export { EditorState, Compartment, StateEffect, Transaction } from '@codemirror/state';
export { EditorView, keymap, lineNumbers, drawSelection, highlightActiveLine, highlightSpecialChars, hoverTooltip, placeholder, tooltips } from '@codemirror/view';
export { defaultKeymap, history, historyKeymap, indentWithTab, temporarilySetTabFocusMode } from '@codemirror/commands';
export { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
export { autocompletion, completionKeymap, startCompletion } from '@codemirror/autocomplete';
export { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
export { search, searchKeymap } from '@codemirror/search';
export { yaml } from '@codemirror/lang-yaml';
export { tags } from '@lezer/highlight';

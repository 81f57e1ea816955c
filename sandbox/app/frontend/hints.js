// What may stand where in a scenario file or a playlist: for completion and for hints.  Pure: a text and a place in, words out.
// HINTS, the schemas with the names of all tables, stands before this script (language/schema.py makes it).

const KEY = /^("?)([\w.-]+)\1:(?=\s|$)/;

/** The maps and lists around a place, outermost first, read off the indentation: what is being written is seldom whole YAML. */
function framesAt(lines, number) {
  const frames = [], leave = (test) => { while (frames.length && test(frames.at(-1))) frames.pop(); };
  let folded = -1;                                                              // the indentation of a key whose text is a block, if we are in one
  for (let i = 0; i <= number; i += 1) {
    const line = lines[i], indent = line.search(/\S/);
    if (i < number && (indent < 0 || line[indent] === '#')) continue;
    let column = indent < 0 ? line.length : indent;
    if (folded >= 0) { if (column > folded) continue; folded = -1; }
    let rest = line.slice(column);
    while (/^-(\s|$)/.test(rest)) {
      leave((f) => f.column > column || (f.column === column && f.item));
      frames.push({ column, item: true, line: i });
      const wide = /^-\s*/.exec(rest)[0].length;
      column += wide; rest = rest.slice(wide);
    }
    const key = KEY.exec(rest);
    if (i === number && !key) { leave((f) => f.column >= column); return { frames, column, rest, key: null }; }
    if (!key) continue;
    leave((f) => f.column >= column);
    frames.push({ column, key: key[2], line: i });
    if (/[>|][+-]?\d?\s*(#.*)?$/.test(rest.slice(key[0].length)) && /^\s*[>|]/.test(rest.slice(key[0].length))) folded = column;
    if (i === number) return { frames, column, rest, key };
  }
  return { frames, column: 0, rest: '', key: null };
}

/** Within `{a: b, c: [d` up to the cursor: the keys and lists that lead there, whether a key is being written, and which are there. */
function flowAt(text) {
  const stack = [];
  let word = '', quote = '';
  for (const c of text) {
    const top = stack.at(-1);
    if (quote) { if (c === quote) quote = ''; word += c; continue; }
    if ((c === '"' || c === "'") && !word.trim()) { quote = c; word += c; continue; }
    if (c === '{' || c === '[') { stack.push({ map: c === '{', key: null, keys: [] }); word = ''; } else if (c === '}' || c === ']') { stack.pop(); word = ''; if (!stack.length) return null; } else if (c === ',' && top) { top.key = null; word = ''; } else if (c === ':' && top?.map && top.key === null) { top.key = word.trim().replaceAll('"', ''); top.keys.push(top.key); word = ''; } else word += c;
  }
  const top = stack.at(-1);
  if (!top) return null;
  const path = stack.flatMap((s) => (s.map ? (s.key === null ? [] : [s.key]) : [ITEM]));
  return { path, isKey: top.map && top.key === null, word: word.trimStart(), keys: top.keys };
}
const ITEM = Symbol('item');

/** What is being written at this place: `path` of keys and ITEM, whether it is a key, the word before the cursor, and the keys beside it. */
function placeAt(text, offset) {
  const lines = text.split('\n'), before = text.slice(0, offset).split('\n'), number = before.length - 1;
  const shown = [...lines.slice(0, number), before.at(-1)];
  const { frames, column, rest, key } = framesAt(shown, number);
  if (rest.startsWith('#')) return null;
  const around = frames.map((f) => (f.item ? ITEM : f.key)), item = frames.findLast((f) => f.item && frames[0]?.key === 'steps');
  const step = item ? stepAt(lines, item) : '';
  const value = key ? rest.slice(key[0].length).trimStart() : rest;
  if (key && !/^\s/.test(rest.slice(key[0].length))) return null;               // right behind the colon
  if (/^[{[]/.test(value)) {
    const flow = flowAt(value);
    if (!flow) return null;
    const own = /\bdo:\s*([\w.]+)/.exec(lines[number])?.[1];
    return { path: [...around, ...flow.path], isKey: flow.isKey, word: flow.word, keys: flow.keys, step: own ?? step };
  }
  if (key) return { path: around, isKey: false, word: value, keys: [], step };
  if (!/^["'$\w.-]*$/.test(rest)) return null;
  const list = frames.at(-1);
  return { path: around, isKey: !rest.startsWith('$'), word: rest, keys: beside(lines, number, column), step, bare: Boolean(list?.item) };
}

/** The verb of the step whose item this is. */
function stepAt(lines, item) {
  for (let i = item.line; i < lines.length; i += 1) {
    const indent = lines[i].search(/\S/);
    if (i > item.line && indent >= 0 && indent <= item.column) break;
    const found = /^[\s-]*do:\s*([\w.]+)|[{,]\s*do:\s*([\w.]+)/.exec(lines[i]);
    if (found) return found[1] ?? found[2];
  }
  return '';
}

/** The keys of the map at this column around a line. */
function beside(lines, number, column) {
  const keys = [], look = (by) => {
    for (let i = number + by; i >= 0 && i < lines.length; i += by) {
      const line = lines[i], indent = line.search(/\S/);
      if (indent < 0 || line[indent] === '#') continue;
      const own = line.search(/[^\s-]/), first = /^\s*-\s/.test(line), at = first ? own : indent;
      if (by > 0 && first && indent < column) return;
      if (at < column) return;
      const key = at === column ? KEY.exec(line.slice(at)) : null;
      if (key) keys.push(key[2]);
      if (by < 0 && first && indent < column) return;
    }
  };
  const here = /^\s*-\s/.test(lines[number]) && lines[number].search(/[^\s-]/) <= column;
  if (!here) look(-1);
  look(1);
  return keys;
}

// ---- the schemas

const resolved = (schema, node) => {
  let found = node;
  for (let i = 0; found && i < 9; i += 1) {
    if (found.$ref) found = { ...schema.$defs[found.$ref.split('/').pop()], ...(found.description ? { description: found.description } : {}) };
    else if (found.anyOf) { const inner = found.anyOf.filter((each) => each.type !== 'null'); found = { ...found, anyOf: undefined, ...resolved(schema, inner.find((each) => each.$ref || each.enum || each.items || each.properties) ?? inner[0]) }; } else return found;
  }
  return found;
};

/** The schema of what stands at a path; undefined where none says anything. */
function schemaAt(schema, path, step) {
  let node = schema;
  for (const part of path) {
    node = resolved(schema, node);
    if (!node) return undefined;
    if (part === ITEM) node = node.items;
    else if (part === 'with' && node.allOf) node = node.allOf.find((rule) => new RegExp(rule.if.properties.do.pattern).test(step))?.then.properties.with;
    else node = node.properties?.[part] ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined);
  }
  return resolved(schema, node);
}

const schemaOf = (text) => (/^items\s*:/m.test(text) && !/^steps\s*:/m.test(text) ? HINTS.playlist : HINTS.scenario);
const STEPS = ['at', 'after', 'late', 'denied'];                                 // keys whose value is the id of a step

/** What can be written here: { from: characters of the word before the cursor, options: [{ label, info, detail, apply }] }. */
function offered(text, offset) {
  const place = placeAt(text, offset), schema = schemaOf(text);
  if (!place) return null;
  const { path, isKey, word, step } = place, node = schemaAt(schema, path, step);
  if (isKey && node?.properties) {
    const required = node.required ?? [];
    const options = Object.entries(node.properties).filter(([name]) => !place.keys.includes(name))
      .map(([name, about]) => ({ label: name, type: 'property', detail: required.includes(name) ? 'needed' : '', info: resolved(schema, about)?.description ?? '', apply: `${name}: `, boost: required.includes(name) ? 1 : 0 }));
    return { word, options };
  }
  if (isKey && !place.bare) return null;
  if (word.startsWith('$')) return { word, options: references(text, offset, path[0] === 'steps') };
  return { word, options: valuesAt(schema, path, node, text) };
}

function valuesAt(schema, path, node, text) {
  const key = path.findLast((part) => part !== ITEM), plain = (label, info = '', detail = '') => ({ label: String(label), type: 'enum', info, detail });
  if (key === 'do') return node.enum.map((each) => plain(each, verbOf(schema, each)));
  if (key === 'by') return HINTS.parties.flatMap((party) => Object.entries(HINTS.checks).map(([check, says]) => plain(`${party}.${check}`, says)));
  if (STEPS.includes(key) && path[0] !== 'steps' && path[0] !== 'after') return stepsOf(text).map((id) => plain(id));
  if (!node) return [];
  if (node.enum) return node.enum.map((each) => plain(each, node.description ?? ''));
  if (node.const !== undefined) return [plain(node.const, node.description ?? '')];
  if (node.type === 'boolean') return [plain('true'), plain('false')];
  return (node.examples ?? []).map((each) => plain(each));
}

const verbOf = (schema, deed) => resolved(schema, schema.$defs.Step.allOf.find((rule) => new RegExp(rule.if.properties.do.pattern).test(deed))?.then.properties.with)?.description ?? '';
const stepsOf = (text) => [...text.matchAll(/(?:^|[{,])[\s-]*id:\s*"?([a-z][a-z0-9_]*)/gm)].map((found) => found[1]);

/** `$login.access_token`: what the steps above give, without the one that is being written. */
function references(text, offset, inStep) {
  return stepsOf(text.slice(0, offset)).slice(0, inStep ? -1 : undefined).reverse().flatMap((id) => Object.entries(HINTS.outputs).map(([name, what]) => ({ label: `$${id}.${name}`, type: 'variable', info: what })));
}

/** What a word means: { from, to, name, text }, or null. */
function hinted(text, offset) {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n')[0], start = text.lastIndexOf('\n', offset - 1) + 1;
  const found = [...line.matchAll(/[$\w.-]+/g)].find((each) => start + each.index <= offset && offset <= start + each.index + each[0].length);
  if (!found) return null;
  const from = start + found.index, to = from + found[0].length, place = placeAt(text, from), schema = schemaOf(text);
  if (!place) return null;
  const isKey = /^"?:(\s|$)/.test(text.slice(to)) && place.isKey, path = isKey ? [...place.path, found[0]] : place.path;
  const key = path.findLast((part) => part !== ITEM), node = schemaAt(schema, path, place.step);
  const about = !isKey && key === 'do' ? verbOf(schema, found[0]) : !isKey && key === 'by' ? HINTS.checks[found[0].split('.')[1]] : node?.description;
  return about ? { from, to, name: found[0], text: about } : null;
}

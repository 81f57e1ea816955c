// Bundles CodeMirror into one file under version control: npm ci && npm run build, in this folder.
//
// The head of the bundle names the packages with their versions and licences, and a digest of what it was made of; a test compares
// that with these files, so that nobody changes one and forgets the other.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const here = new URL('.', import.meta.url), read = (name) => readFileSync(new URL(name, here), 'utf8');
const inputs = ['package.json', 'package-lock.json', 'entry.js', 'build.mjs'];
const digest = createHash('sha256').update(inputs.map(read).join('\0')).digest('hex');
const made = await build({
  entryPoints: [new URL('entry.js', here).pathname], bundle: true, minify: true, write: false, metafile: true, charset: 'utf8',
  format: 'iife', globalName: 'CodeMirror', target: 'es2022', legalComments: 'none',
});
const packages = [...new Set(Object.keys(made.metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean))].sort();
const texts = new Map();                                          // licence -> packages under it
for (const name of packages) {
  const licence = read(`node_modules/${name}/LICENSE`).trim(), { version } = JSON.parse(read(`node_modules/${name}/package.json`));
  texts.set(licence, [...(texts.get(licence) ?? []), `${name} ${version}`]);
}
const head = ['CodeMirror, bundled by .editor/build.mjs; not to be changed by hand.', `inputs sha256 ${digest}`,
  ...[...texts].map(([licence, names]) => `${names.join(', ')}\n\n${licence}`)].join('\n\n');
if (head.includes('*/')) throw new Error('a licence would end the comment');
writeFileSync(new URL('../sandbox/app/frontend/codemirror.js', here), `/*\n${head}\n*/\n${made.outputFiles[0].text}`);
console.log(`${packages.length} packages, ${made.outputFiles[0].text.length} characters`);

// Bundles the pages and packs them, with coastlines, rivers and towns, into one file:  node build.mjs PACK
// The pack: four bytes of length, that much JSON (name → type, tag, br, at, length), then the files; see PageFiles.cs.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { atlasFiles } from './atlas.mjs';
import { placeFiles } from './places.mjs';

const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.json': 'application/json',
};
const pages = ['map', 'quality', 'notfound'];

const bundles = await build({
  entryPoints: pages.flatMap((page) => [`src/${page}/${page}.js`, `src/style/${page}.css`]),
  bundle: true, splitting: true, format: 'esm', target: 'es2022', minify: true, legalComments: 'none', charset: 'utf8',
  outdir: 'out', outbase: 'src', entryNames: '[name]-[hash]', chunkNames: 'chunk-[hash]', write: false, metafile: true,
  loader: { '.svg': 'text' },
});

const files = new Map();
const entryOf = new Map();
for (const file of bundles.outputFiles) files.set(file.path.split('/').at(-1), Buffer.from(file.contents));
for (const [path, output] of Object.entries(bundles.metafile.outputs)) {
  if (output.entryPoint) entryOf.set(output.entryPoint.split('/').at(-1), path.split('/').at(-1));
}
for (const page of pages) {
  // Pages name their script and style as they lie in src; here they get the names that change with the contents.
  const html = (await readFile(`src/${page}.html`, 'utf8')).replaceAll(/\/assets\/([\w.]+)/g, (whole, name) => `/assets/${entryOf.get(name) ?? name}`);
  // What the script imports is asked for at once, not after the script.
  const imports = bundles.metafile.outputs[`out/${entryOf.get(`${page}.js`)}`].imports.map(({ path }) => `<link rel="modulepreload" href="/assets/${path.split('/').at(-1)}">`);
  files.set(`${page}.html`, Buffer.from(html.replace('<script', `${imports.join('')}<script`)));
}
for (const name of await readdir('src')) {
  if (extname(name) === '.svg') files.set(name, await readFile(`src/${name}`));
}
for (const [name, json] of [...await atlasFiles(), ...placeFiles()]) files.set(name, Buffer.from(JSON.stringify(json)));

// Cells are many and small: the better qualities take a minute for a hundredth of their size.
const qualityFor = (name) => (name.endsWith('.json') ? 6 : 11);

const index = {};
const bodies = [];
let at = 0;
for (const [name, contents] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const body = brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: qualityFor(name), [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } });
  index[name] = { type: types[extname(name)], tag: createHash('sha256').update(contents).digest('hex').slice(0, 16), br: true, at, length: body.length };
  bodies.push(body);
  at += body.length;
}
const head = Buffer.from(JSON.stringify(index));
const length = Buffer.alloc(4);
length.writeInt32LE(head.length);
await writeFile(process.argv[2], Buffer.concat([length, head, ...bodies]));
console.log(`${files.size} files, ${at} bytes`);

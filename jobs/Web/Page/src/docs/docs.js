import { getJson } from '../shared/api.js';
import { $, h } from '../shared/dom.js';
import { startPage } from '../shared/header.js';
import { t } from '../shared/i18n.js';

const description = '/openapi/v1.json';
const longest = 20_000;

/** One address: what it is for, its parameters as a form, and what it answers. */
function operation(path, method, { summary, parameters = [], requestBody }) {
  const output = h('pre', { hidden: true });
  const fields = parameters.map((parameter) => ({ parameter, input: h('input', { type: 'text', placeholder: exampleOf(parameter), 'aria-label': parameter.name }) }));
  const body = requestBody ? h('textarea', { rows: 3, 'aria-label': 'body' }, '{"type":"Polygon","coordinates":[[[9.9,51.9],[10.1,51.9],[10.1,52.1],[9.9,51.9]]]}') : null;
  const ask = async (event) => {
    event.preventDefault();
    await show(output, addressOf(path, fields), method, body?.value);
  };
  return h('details', { class: 'operation' },
    h('summary', {}, h('code', { class: `method ${method}` }, method.toUpperCase()), h('code', {}, path), h('span', {}, summary ?? '')),
    h('form', { onsubmit: ask },
      ...fields.map(({ parameter, input }) => h('label', {}, h('code', {}, parameter.name), input,
        h('span', { class: 'quiet' }, [parameter.required ? t('required') : '', parameter.description ?? ''].filter(Boolean).join(' · ')))),
      body ?? '', h('button', {}, t('tryIt'))),
    output);
}

const exampleOf = ({ name }) => ({ lon: '10', lat: '52', bbox: '9.9,51.9,10.1,52.1', coords: 'POINT(10 52)', minutes: '30', layer: 'rate' })[name] ?? '';

function addressOf(path, fields) {
  const query = new URLSearchParams();
  let address = path;
  for (const { parameter, input } of fields) {
    if (parameter.in === 'path') address = address.replace(new RegExp(`\\{${parameter.name}(:\\w+)?\\}`), encodeURIComponent(input.value));
    else if (input.value) query.set(parameter.name, input.value);
  }
  return query.size > 0 ? `${address}?${query}` : address;
}

async function show(output, address, method, body) {
  output.hidden = false;
  output.textContent = `${method.toUpperCase()} ${address} …`;
  if (address === '/api/events') {
    location.href = address;
    return;
  }
  const answer = await fetch(address, { method: method.toUpperCase(), body, headers: body ? { 'Content-Type': 'application/json' } : {} });
  const type = answer.headers.get('Content-Type') ?? '';
  const head = `${method.toUpperCase()} ${address}\n${answer.status} ${type}\n\n`;
  if (type.startsWith('image/')) output.replaceChildren(head, h('img', { src: URL.createObjectURL(await answer.blob()), alt: '' }));
  else if (type.includes('json')) output.textContent = head + JSON.stringify(await answer.json(), null, 2).slice(0, longest);
  else if (/text|xml/.test(type)) output.textContent = head + (await answer.text()).slice(0, longest);
  else output.textContent = head + t('bytes', { n: (await answer.arrayBuffer()).byteLength });
}

async function start() {
  startPage();
  const words = t('docsHelp', { link: '\n' }).split('\n');
  $('intro').append(words[0], h('a', { href: description }, description), words[1]);
  const { paths } = await getJson(description);
  const byTag = new Map();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, about] of Object.entries(methods)) {
      const tag = about.tags?.[0] ?? '';
      byTag.set(tag, [...(byTag.get(tag) ?? []), operation(path, method, about)]);
    }
  }
  for (const [tag, operations] of byTag) $('operations').append(h('h2', {}, tag), ...operations);
  document.body.dataset.ready = 'yes';
}

start().catch((error) => { $('intro').textContent = error.message; });

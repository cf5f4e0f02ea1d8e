/** The page: asks over its port as it would ask a server. OpenAI's client takes the same `fetch`. */
import { createPortFetch } from './port-fetch.mjs';

const output = document.querySelector('pre');
window.addEventListener('message', ({ source, data, ports }) => {
  if (source !== window || data !== 'lingma-port') return;
  const fetchLingma = createPortFetch(ports[0]);
  document.querySelector('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    output.textContent = '';
    const content = new FormData(event.target).get('question');
    const response = await fetchLingma('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content }] }),
    });
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) output.textContent += text;
  });
});

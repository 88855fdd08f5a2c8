/** `fastifyBaseline.mjs FILE`: Fastify that serialises the objects of a JSON file from memory, in pages. Prints its URL. */
import fastify from 'fastify';
import { readFileSync } from 'node:fs';

const objects = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const app = fastify();
app.get('/runtimes', async request => {
  const start = Number(request.query.cursor ?? 0);
  const end = start + Number(request.query.limit);
  return {
    items: objects.slice(start, end),
    next_cursor: end < objects.length ? String(end) : null
  };
});
process.stdout.write(await app.listen({ host: '127.0.0.1', port: 0 }));

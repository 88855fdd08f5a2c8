/** Stands in for the runtime service where a fault or another version is to be shown; run by a real Node.
 *  What it does comes from `fake.json` in its data folder: {version, api_version, fail, silent}. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const dataDir = process.argv[process.argv.indexOf('--data-dir') + 1];
const settings = existsSync(join(dataDir, 'fake.json')) ? JSON.parse(readFileSync(join(dataDir, 'fake.json'), 'utf8')) : {};
const version = settings.version ?? '0.1.0';
appendFileSync(join(dataDir, 'starts.txt'), `${process.pid} ${process.argv.slice(2).join(' ')}\n`);
if (settings.fail) {
  process.stderr.write(`${settings.fail}\n`);
  process.exit(3);
}

const server = createServer((request, response) => {
  if (settings.silent) {
    return;
  }
  if (request.headers.authorization !== 'Bearer fake-token') {
    response.writeHead(401).end();
  } else if (request.url === '/api/runtimes/v1/service') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ version, api_version: settings.api_version ?? '1.0', pid: process.pid }));
  } else if (request.url === '/api/runtimes/v1/service:stop') {
    let body = '';
    request.on('data', chunk => (body += chunk));
    request.on('end', () => {
      appendFileSync(join(dataDir, 'stops.txt'), `${body}\n`);
      response.writeHead(202).end('{}', () => setTimeout(() => process.exit(0), 200));
    });
  } else {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`from ${process.pid}`);
  }
});

server.listen(0, '127.0.0.1', () => {
  const tokenFile = join(dataDir, 'token');
  writeFileSync(tokenFile, 'fake-token\n', { mode: 0o600 });
  writeFileSync(
    join(dataDir, 'service.json'),
    JSON.stringify({ url: `http://127.0.0.1:${server.address().port}`, token_file: tokenFile, pid: process.pid, version })
  );
});
setTimeout(() => process.exit(0), 120_000); // a test that forgets it leaves nothing behind

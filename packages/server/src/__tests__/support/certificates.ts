/** An authority of one's own, and what it signs for 127.0.0.1: by OpenSSL's command line. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ICertificates {
  /** PEM files. */
  readonly authority: string;
  readonly key: string;
  readonly certificate: string;
}

export function makeCertificates(folder: string): ICertificates {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { stdio: 'ignore' });
  const days = ['-days', '2'];
  openssl(
    ...[
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      ...days,
      '-subj',
      '/CN=Authority of a test'
    ],
    ...['-keyout', path('authority.key'), '-out', path('authority.pem')]
  );
  openssl(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=127.0.0.1'],
    ...['-keyout', path('server.key'), '-out', path('server.csr')]
  );
  writeFileSync(path('names'), 'subjectAltName=IP:127.0.0.1\n');
  openssl(
    ...['x509', '-req', '-in', path('server.csr'), ...days, '-extfile', path('names')],
    ...['-CA', path('authority.pem'), '-CAkey', path('authority.key'), '-CAcreateserial'],
    ...['-out', path('server.pem')]
  );
  return {
    authority: path('authority.pem'),
    key: path('server.key'),
    certificate: path('server.pem')
  };
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Journal } from '../journal.js';
import type { IJournalOptions, JournalEntry } from '../journal.js';

const RUNS = process.env['JUPYTERLAB_RUNTIMES_TEST_LONG'] === '1' ? 2000 : 60;

const records = fc.array(
  fc.record({
    parentId: fc.constantFrom('', 'a', 'b', 'ü'),
    frame: fc.uint8Array({ maxLength: 400 })
  }),
  { maxLength: 60 }
);

let folder: string;
let count = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jlr-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (options: IJournalOptions = {}, name = `j${count}`): Journal =>
  new Journal(join(folder, name), { segmentBytes: 1000, ...options });

function readAll(journal: Journal, from = 0): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let seq = from; ;) {
    const entry = journal.read(seq);
    if (!entry) {
      return entries;
    }
    entries.push(entry);
    seq = entry.kind === 'cut' ? entry.next : seq + 1;
  }
}

describe('the journal', () => {
  it('reads back what was appended, also after it was opened again, and from disk alone', () => {
    fc.assert(
      fc.property(records, fc.constantFrom(0, 500, 1_000_000), (given, memoryBytes) => {
        count += 1;
        const journal = open({ memoryBytes });
        given.forEach(({ parentId, frame }, i) => {
          expect(
            journal.append({ upstreamSeq: 1000 + i, parentId, frame: Buffer.from(frame) })
          ).toBe(i);
        });
        const expected = given.map(({ parentId, frame }, seq) => ({
          kind: 'message',
          seq,
          parentId,
          frame: Buffer.from(frame)
        }));
        expect(readAll(journal)).toEqual(expected);
        const { epoch } = journal;
        journal.close();
        const again = open();
        expect(again.epoch).toBe(epoch);
        expect(again.next).toBe(given.length);
        expect(again.upstreamSeq).toBe(given.length === 0 ? -1 : 999 + given.length);
        expect(readAll(again)).toEqual(expected);
        const ofA = given
          .filter(each => each.parentId === 'a')
          .map(each => Buffer.from(each.frame));
        expect([...again.messagesOf('a', 0)]).toEqual(ofA);
        again.remove();
      }),
      { numRuns: RUNS }
    );
  });

  it('passes over a last record that was written in part, and goes on after the others', () => {
    fc.assert(
      fc.property(
        records.filter(given => given.length > 1),
        fc.nat(),
        (given, seed) => {
          count += 1;
          const journal = open({ segmentBytes: 1_000_000 });
          given.forEach(({ parentId, frame }, i) =>
            journal.append({ upstreamSeq: i, parentId, frame: Buffer.from(frame) })
          );
          journal.close();
          const path = join(folder, `j${count}`);
          const [name] = readdirSync(path).filter(each => each.endsWith('.journal'));
          const last = given[given.length - 1];
          const size = statSync(join(path, name)).size;
          const recordSize = 18 + Buffer.byteLength(last.parentId) + last.frame.length;
          truncateSync(join(path, name), size - 1 - (seed % recordSize));
          const again = open({ segmentBytes: 1_000_000 });
          expect(again.next).toBe(given.length - 1);
          expect(again.upstreamSeq).toBe(given.length - 2);
          again.append({ upstreamSeq: 7, parentId: '', frame: Buffer.from('new') });
          expect(readAll(again).at(-1)).toMatchObject({ frame: Buffer.from('new') });
          again.remove();
        }
      ),
      { numRuns: RUNS }
    );
  });

  it('does not take garbage at its end for messages', () => {
    const journal = open();
    journal.append({ upstreamSeq: 1, parentId: 'a', frame: Buffer.from('good') });
    journal.close();
    const path = join(folder, `j${count}`);
    const [name] = readdirSync(path).filter(each => each.endsWith('.journal'));
    appendFileSync(join(path, name), Buffer.from([0, 0, 0, 12, 1, 2, 3, 4, ...Buffer.alloc(12)]));
    expect(open().next).toBe(1);
  });

  it('keeps to its bound, drops the oldest, and accounts for every byte that went', () => {
    fc.assert(
      fc.property(records, given => {
        count += 1;
        const dropped = new Map<string, number>();
        const journal = open({
          maxBytes: 3000,
          memoryBytes: 0,
          onDropped: bytes =>
            bytes.forEach((value, key) => dropped.set(key, (dropped.get(key) ?? 0) + value))
        });
        given.forEach(({ parentId, frame }, i) =>
          journal.append({ upstreamSeq: i, parentId, frame: Buffer.from(frame) })
        );
        const size = readdirSync(join(folder, `j${count}`))
          .filter(name => name.endsWith('.journal'))
          .reduce((sum, name) => sum + statSync(join(folder, `j${count}`, name)).size, 0);
        expect(size).toBeLessThanOrEqual(3000 + 1000);
        const cut = given.slice(0, journal.first);
        for (const id of ['a', 'b', 'ü']) {
          const bytes = cut
            .filter(each => each.parentId === id)
            .reduce((sum, each) => sum + each.frame.length, 0);
          expect(dropped.get(id) ?? 0).toBe(bytes);
        }
        const [first] = readAll(journal);
        if (journal.first > 0) {
          expect(first).toEqual({
            kind: 'cut',
            count: journal.first,
            bytes: cut.reduce((sum, each) => sum + each.frame.length, 0),
            next: journal.first
          });
        }
        journal.remove();
      }),
      { numRuns: RUNS }
    );
  });

  it('keeps what outlives its output, also after it was opened again, and accounts for the rest', () => {
    const isMilestone = (frame: Buffer) => frame.length % 5 === 1;
    fc.assert(
      fc.property(records, given => {
        count += 1;
        const dropped = new Map<string, number>();
        const options: IJournalOptions = {
          maxBytes: 3000,
          memoryBytes: 0,
          isMilestone,
          onDropped: bytes =>
            bytes.forEach((value, key) => dropped.set(key, (dropped.get(key) ?? 0) + value))
        };
        const journal = open(options);
        given.forEach(({ parentId, frame }, i) =>
          journal.append({ upstreamSeq: i, parentId, frame: Buffer.from(frame) })
        );
        const { first } = journal;
        const gone = given.filter(({ frame }, i) => i < first && !isMilestone(Buffer.from(frame)));
        const kept = given.flatMap(({ parentId, frame }, seq) =>
          seq >= first || isMilestone(Buffer.from(frame))
            ? [{ kind: 'message', seq, parentId, frame: Buffer.from(frame) }]
            : []
        );
        const check = (entries: JournalEntry[]) => {
          expect(entries.filter(({ kind }) => kind === 'message')).toEqual(kept);
          const cuts = entries.flatMap(entry => (entry.kind === 'cut' ? [entry] : []));
          const sum = (values: number[]) => values.reduce((all, each) => all + each, 0);
          expect(sum(cuts.map(cut => cut.count))).toBe(gone.length);
          expect(sum(cuts.map(cut => cut.bytes))).toBe(sum(gone.map(each => each.frame.length)));
        };
        check(readAll(journal));
        for (const id of ['a', 'b', 'ü']) {
          const frames = gone.filter(({ parentId }) => parentId === id);
          expect(dropped.get(id) ?? 0).toBe(
            frames.reduce((sum, { frame }) => sum + frame.length, 0)
          );
        }
        const ofA = kept.filter(({ parentId }) => parentId === 'a').map(({ frame }) => frame);
        expect([...journal.messagesOf('a', 0)]).toEqual(ofA);
        journal.close();
        const again = open(options);
        check(readAll(again));
        again.remove();
      }),
      { numRuns: RUNS }
    );
  });

  it('bounds also what outlives its output: the oldest goes, and is told', () => {
    const dropped = new Map<string, number>();
    const journal = open({
      maxBytes: 1_000_000,
      segmentBytes: 500_000,
      memoryBytes: 0,
      isMilestone: () => true,
      onDropped: bytes =>
        bytes.forEach((value, key) => dropped.set(key, (dropped.get(key) ?? 0) + value))
    });
    for (let i = 0; i < 100; i++) {
      journal.append({ upstreamSeq: i, parentId: `p${i}`, frame: Buffer.alloc(100_000, i) });
    }
    const [cut, ...rest] = readAll(journal);
    expect(cut).toMatchObject({ kind: 'cut', bytes: 100_000 * (100 - rest.length) });
    expect(rest.length).toBeGreaterThan(40);
    expect(rest.length).toBeLessThan(60);
    const gone = [...dropped].filter(([, bytes]) => bytes > 0);
    expect(gone).toEqual(Array.from({ length: 100 - rest.length }, (_, i) => [`p${i}`, 100_000]));
    journal.remove();
  });

  it('counts messages that were lost before they came, also after it was opened again', () => {
    const journal = open({ memoryBytes: 0 });
    journal.append({ upstreamSeq: 1, parentId: '', frame: Buffer.from('one') });
    journal.skip(5, 500);
    journal.append({ upstreamSeq: 7, parentId: '', frame: Buffer.from('seven') });
    const expected = [
      { kind: 'message', seq: 0, parentId: '', frame: Buffer.from('one') },
      { kind: 'cut', count: 5, bytes: 500, next: 6 },
      { kind: 'message', seq: 6, parentId: '', frame: Buffer.from('seven') }
    ];
    expect(readAll(journal)).toEqual(expected);
    journal.close();
    expect(readAll(open())).toEqual(expected);
  });
});

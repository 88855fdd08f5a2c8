import { FakeProvider, FakeRuntimeManager } from '../../../testing';
import type { ISnapshotEntry, ISnapshotShelf } from '../../../tokens';
import { SnapshotsModel } from '../model';

const entry = (name: string, kind: ISnapshotEntry['kind']): ISnapshotEntry => ({
  ...{ id: name, name, kind, createdAt: '2026-01-01T00:00:00Z', description: '', isOwn: true },
  ...{ runtimeName: '', environmentName: '', python: '3.11', sizeBytes: 1, variables: 1 },
  ...{ midCell: false, skipped: [] }
});

function open(list: () => Promise<readonly ISnapshotEntry[]>): SnapshotsModel {
  const page = { list } as unknown as ISnapshotShelf;
  const manager = new FakeRuntimeManager(new FakeProvider());
  return new SnapshotsModel({ manager, page: () => page, pageLabel: 'This browser' });
}

const names = (model: SnapshotsModel): string[] =>
  model.contents.flatMap(({ entries }) => entries.map(({ name }) => name));

describe('the list of snapshots', () => {
  it('has what came by itself below what was wanted', async () => {
    const model = open(async () => [
      ...[entry('safety 2', 'safety'), entry('mine 2', 'manual'), entry('auto', 'auto')],
      ...[entry('paused', 'pause'), entry('safety 1', 'safety'), entry('mine 1', 'manual')]
    ]);
    await model.refresh();
    expect(names(model)).toEqual(['mine 2', 'paused', 'mine 1', 'safety 2', 'auto', 'safety 1']);
  });

  it('keeps what it knew when a shelf can’t be listed, and says why', async () => {
    let isAway = false;
    const away = new Error('The service is away.');
    const model = open(() =>
      isAway ? Promise.reject(away) : Promise.resolve([entry('mine', 'manual')])
    );
    await model.refresh();
    isAway = true;
    await model.refresh();
    expect(names(model)).toEqual(['mine']);
    expect(model.contents[0]?.error).toBe(away);
    isAway = false;
    await model.refresh();
    expect(model.contents[0]?.error).toBeNull();
  });
});

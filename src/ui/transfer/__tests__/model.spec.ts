import { Signal } from '@lumino/signaling';

import { TransferRates } from '../../../runtime/transferEstimate';
import type { IPlanRow } from '../../../runtime/transferPlan';
import type { IVariablesOffer } from '../../../runtime/variablesOffer';
import { TransferModel } from '../model';

function row(name: string, more: Partial<IPlanRow> = {}): IPlanRow {
  return {
    ...{ name, type: 'int', sizeBytes: 10, outcome: 'carried', reason: '', remedy: '' },
    ...{
      obstacle: null,
      isSecretLike: false,
      secretReason: '',
      replaces: false,
      bringsCode: false,
      shares: []
    },
    ...more
  };
}

const pandas = { module: 'pandas', name: 'pandas', version: '2', exact: false };

class FakeOffer implements IVariablesOffer {
  rows: readonly IPlanRow[] = [];
  readonly look = 'tried';
  readonly lookError = null;
  freeBytes: number | null = null;
  readonly isBusy = false;
  readonly canForkSource = false;
  readonly sourceLabel = 'A';
  readonly targetLabel = 'B';
  readonly way = ['a', 'b'] as const;
  foreignCode: Readonly<Record<string, string>> | null = null;
  readonly origin = null;
  readonly changed = new Signal<this, void>(this);
  lookAgain = async (): Promise<void> => undefined;

  found(...rows: IPlanRow[]): void {
    this.rows = rows;
    this.changed.emit();
  }
}

function setUp(install: () => Promise<void> = async () => undefined) {
  const offer = new FakeOffer();
  const model = new TransferModel({ offer, rates: new TransferRates(), install });
  return { offer, model };
}

describe('choosing variables', () => {
  it('follows what is found out, but for what the user has touched', () => {
    const { offer, model } = setUp();
    offer.found(row('a'), row('b'), row('c', { outcome: 'unknown' }));
    expect(model.names).toEqual(['a', 'b', 'c']);
    model.toggle(offer.rows[1]);
    offer.found(row('a'), row('b'), row('c', { outcome: 'skipped' }));
    expect(model.names).toEqual(['a']);
  });

  it('never ticks a secret together with all others', () => {
    const { offer, model } = setUp();
    offer.found(row('a'), row('token', { isSecretLike: true }));
    expect(model.all).toBe('some');
    model.toggleAll();
    expect(model.names).toEqual([]);
    model.toggleAll();
    expect(model.names).toEqual(['a']);
    model.toggle(offer.rows[1]);
    expect(model.all).toBe('all');
  });

  it('filters by name and type, and ticks within the filter', () => {
    const { offer, model } = setUp();
    offer.found(row('alpha'), row('beta', { type: 'DataFrame' }));
    model.query = 'frame';
    model.toggleAll();
    expect(model.rows.map(({ name }) => name)).toEqual(['beta']);
    expect(model.names).toEqual(['alpha']);
  });

  it('says when what is chosen does not fit', () => {
    const { offer, model } = setUp();
    offer.freeBytes = 15;
    offer.found(row('a'), row('b'));
    expect(model.fits).toBe(false);
    model.toggle(offer.rows[0]);
    expect(model.fits).toBe(true);
  });

  it('leaves foreign code behind until it was accepted', () => {
    const { offer, model } = setUp();
    offer.foreignCode = { double: 'def double(x): …' };
    offer.found(row('data'), row('double', { bringsCode: true }));
    expect(model.names).toEqual(['data']);
    model.acceptsCode = true;
    expect(model.names).toEqual(['data', 'double']);
  });

  it('lets a row go once what it needs was installed', async () => {
    const { offer, model } = setUp();
    const missing = { kind: 'missing', requirement: pandas } as const;
    offer.found(row('frame', { obstacle: missing }));
    offer.lookAgain = async () => offer.found(row('frame'));
    const installing = model.install(pandas);
    expect(model.installation(pandas)).toBe('');
    await installing;
    expect(model.installation(pandas)).toBeNull();
    expect(model.names).toEqual(['frame']);
  });

  it('offers to install a thing once, by the first row that lacks it', () => {
    const { offer, model } = setUp();
    const lacks = (name: string) =>
      ({ kind: 'missing', requirement: { ...pandas, name } }) as const;
    offer.found(
      ...[
        row('a'),
        row('b', { obstacle: lacks('pandas') }),
        row('c', { obstacle: lacks('torch') })
      ],
      row('d', { obstacle: lacks('pandas') })
    );
    expect([...model.installs]).toEqual([
      ['b', 2],
      ['c', 1]
    ]);
    model.query = 'd';
    expect([...model.installs]).toEqual([['d', 1]]);
  });

  it('keeps the installer’s own words when that fails', async () => {
    const { model } = setUp(() => Promise.reject(new Error('No network.')));
    await model.install(pandas);
    expect(model.installation(pandas)).toBe('No network.');
  });
});

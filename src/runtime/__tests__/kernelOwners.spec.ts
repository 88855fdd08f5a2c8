import { KernelOwners } from '../kernelOwners';

const kernel = { id: 'k1' };
const running = { id: 'r1', kernelId: 'k1' };

describe('KernelOwners', () => {
  it('leaves out a kernel that its runtime has given up, as long as it is listed', () => {
    const owners = new KernelOwners();
    expect(owners.current([kernel], [running])).toEqual([kernel]);
    expect(owners.current([kernel], [{ id: 'r1', kernelId: null }])).toEqual([]);
    expect(owners.current([kernel, { id: 'k2' }], [{ id: 'r1', kernelId: 'k2' }])).toEqual([
      { id: 'k2' }
    ]);
  });

  it('keeps kernels of which the place tells nothing, or nothing any more', () => {
    const owners = new KernelOwners();
    expect(owners.current([kernel], [])).toEqual([kernel]);
    owners.current([kernel], [running]);
    expect(owners.current([kernel], [])).toEqual([kernel]);
  });

  it('knows a kernel that is told of before it is listed', () => {
    const owners = new KernelOwners();
    expect(owners.current([], [running])).toEqual([]);
    expect(owners.current([kernel], [{ id: 'r1', kernelId: null }])).toEqual([]);
  });
});

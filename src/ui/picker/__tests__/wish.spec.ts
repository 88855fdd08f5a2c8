import { readWish } from '../wish';

describe('readWish', () => {
  const wish = { place: 'remote', provider: 'remote.gpu', environment: 'python' };

  it('reads a wish, and nothing that others have put beside it', () => {
    expect(readWish({ ...wish, url: 'https://example.org/?token=secret' })).toEqual(wish);
  });

  it.each([
    [undefined],
    [null],
    ['remote'],
    [{}],
    [{ ...wish, place: 'moon' }],
    [{ ...wish, provider: 3 }],
    [{ ...wish, environment: '' }]
  ])('takes %j for no wish', metadata => {
    expect(readWish(metadata)).toBeNull();
  });
});

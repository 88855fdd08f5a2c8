import { parseWish } from '../wish';

describe('parseWish', () => {
  const wish = { place: 'remote', provider: 'remote.gpu', environment: 'python' };

  it('reads a wish, and nothing that others have put beside it', () => {
    expect(parseWish({ ...wish, url: 'https://example.org/?token=secret' })).toEqual(wish);
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
    expect(parseWish(metadata)).toBeNull();
  });
});

import { isValidProviderId, parseName, qualifyName, unqualifyName } from '../names';

const known = (id: string) => ['local', 'browser', 'remote.gpu'].includes(id);

describe('kernelspec names', () => {
  it('stay as they are on the local server, and are qualified elsewhere', () => {
    expect(qualifyName('local', 'python3')).toBe('python3');
    expect(qualifyName('remote.gpu', 'python3')).toBe('remote.gpu:python3');
  });

  it('are taken apart into what was put together, colons in the name included', () => {
    for (const provider of ['local', 'browser', 'remote.gpu']) {
      for (const name of ['python3', 'a:b', 'ir', '']) {
        expect(parseName(qualifyName(provider, name), known)).toEqual({
          providerId: provider,
          name
        });
        expect(unqualifyName(provider, qualifyName(provider, name))).toBe(name);
      }
    }
  });

  it('belong to the local server when what stands before the colon is no provider', () => {
    expect(parseName('conda:env', known)).toEqual({ providerId: 'local', name: 'conda:env' });
  });

  it.each(['', 'a:b', 'ä', ' x', '.x', 'a/b'])('refuse %j as the name of a provider', id => {
    expect(isValidProviderId(id)).toBe(false);
  });
});

import type { Session } from '@jupyterlab/services';

import { SessionLists } from '../sessionlists';

const session = (id: string, path = 'a.ipynb'): Session.IModel => ({
  id,
  path,
  name: path,
  type: 'notebook',
  kernel: null
});

describe('SessionLists', () => {
  it('keeps a session that was started while the list was under way', () => {
    const lists = new SessionLists();
    const began = lists.begin();
    lists.put('local', session('new'));
    lists.set('local', [session('old')], began);
    expect(lists.get('local').map(({ id }) => id)).toEqual(['old', 'new']);
  });

  it('does not bring back a session that ended while the list was under way', () => {
    const lists = new SessionLists();
    const began = lists.begin();
    lists.remove('local', 'old');
    lists.set('local', [session('old')], began);
    expect(lists.get('local')).toEqual([]);
  });

  it('keeps a change that was made while the list was under way', () => {
    const lists = new SessionLists();
    const began = lists.begin();
    lists.put('local', session('one', 'renamed.ipynb'));
    lists.set('local', [session('one')], began);
    expect(lists.get('local')).toEqual([session('one', 'renamed.ipynb')]);
  });

  it('believes a list that was asked for after the change', () => {
    const lists = new SessionLists();
    lists.put('local', session('gone'));
    lists.set('local', [], lists.begin());
    expect(lists.get('local')).toEqual([]);
  });

  it('tells places apart', () => {
    const lists = new SessionLists();
    lists.put('local', session('one'));
    expect(lists.get('browser')).toEqual([]);
  });
});

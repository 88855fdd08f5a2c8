import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';

import {
  eventually,
  fakeChoice,
  fakeEnvironment,
  FakeProvider,
  FakeRuntimeManager
} from '../../../testing';
import { LaunchDialog } from '../dialog';
import { LaunchModel } from '../model';

const trans = nullTranslator.load('');
const provider = new FakeProvider({ label: 'Remote: lab' });

async function open() {
  const manager = new FakeRuntimeManager(provider);
  manager.set({
    choices: [
      fakeChoice(provider, 'gpu', {
        title: 'GPU',
        unavailableReason: 'There is no GPU here: ask the operator.',
        environment: fakeEnvironment({ title: 'GPU' })
      }),
      fakeChoice(provider, 'python', {
        title: 'Python',
        environment: fakeEnvironment({
          title: 'Python',
          description: 'With `numpy`.',
          givenNameTemplate: 'work',
          maxMinutes: 60
        })
      }),
      fakeChoice(provider, 'plain')
    ]
  });
  const model = new LaunchModel({ manager, trans, documentName: 'a.ipynb' });
  const dialog = new LaunchDialog(model, trans);
  const done = dialog.launch();
  // One that is disposed unanswered rejects.
  done.catch(() => undefined);
  MessageLoop.flush();
  await eventually(() => expect(document.querySelector('select')).not.toBeNull());
  return { dialog, model, done };
}

function control(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll('label')].find(
    ({ textContent }) => textContent === label
  );
  return document.getElementById(found?.htmlFor ?? '') as HTMLInputElement;
}

describe('LaunchDialog', () => {
  let dialog: LaunchDialog | undefined;

  afterEach(() => {
    dialog?.dispose();
  });

  it('offers what can be launched with options; the rest says why it can’t be', async () => {
    ({ dialog } = await open());
    const options = [...document.querySelectorAll('option')].slice(0, 2);
    expect(options.map(({ textContent, disabled }) => [textContent, disabled])).toEqual([
      ['GPU (not available)', true],
      ['Python', false]
    ]);
    expect(control('Environment').value).toBe('fake:python');
    expect(document.body.textContent).toContain('There is no GPU here: ask the operator.');
    expect(document.body.textContent).toContain('With numpy.');
    expect(control('Name').placeholder).toBe('work');
  });

  it('stays open and goes to the field that can’t be taken, with the sentence beside it', async () => {
    let model: LaunchModel;
    ({ dialog, model } = await open());
    model.change({ minutes: '61' });
    dialog.resolve();
    await eventually(() => {
      const field = control('Reserve for, minutes');
      const described = field.getAttribute('aria-describedby')?.split(' ')[0] ?? '';
      expect(field.getAttribute('aria-invalid')).toBe('true');
      expect(document.getElementById(described)?.textContent).toContain('At most 60 minutes');
      expect(document.activeElement).toBe(field);
    });
    expect(dialog.wish).toBeNull();
    expect(dialog.isDisposed).toBe(false);
  });

  it('launches what was chosen, for the document or for nobody yet', async () => {
    const opened = await open();
    dialog = opened.dialog;
    opened.model.change({ name: 'analysis', minutes: '30', persistentStorage: true });
    control('Run “a.ipynb” on it').click();
    dialog.resolve();
    expect((await opened.done).button.accept).toBe(true);
    expect(dialog.wish).toMatchObject({
      isForDocument: false,
      terms: { name: 'analysis', reservationMinutes: 30, persistentStorage: true }
    });
  });
});

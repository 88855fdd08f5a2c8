import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';

import { eventually, fakeLife, fakeRuntime } from '../../../testing';
import { EditDialog } from '../dialog';

const trans = nullTranslator.load('');

function control(label: string): HTMLInputElement | null {
  const found = [...document.querySelectorAll('label')].find(
    ({ textContent }) => textContent === label
  );
  return document.getElementById(found?.htmlFor ?? '') as HTMLInputElement | null;
}

function type(field: HTMLInputElement | null, text: string): void {
  // React listens to the property's own setter, not to an instance's.
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
  field?.dispatchEvent(new Event('input', { bubbles: true }));
}

describe('EditDialog', () => {
  let dialog: EditDialog;
  let done: Promise<unknown>;

  beforeEach(async () => {
    dialog = new EditDialog(fakeRuntime({ name: 'training', life: fakeLife() }), trans);
    done = dialog.launch();
    // One that is disposed unanswered rejects.
    done.catch(() => undefined);
    MessageLoop.flush();
    await eventually(() => expect(control('Name')).not.toBeNull());
  });

  afterEach(() => {
    dialog.dispose();
  });

  it('asks what happens at its end only where its time has an end', () => {
    expect(control('At the end of its time')).toBeNull();
    expect(control('When idle for so long')).toBeNull();
  });

  it('asks what idling leads to as soon as it may not idle for ever, and takes both', async () => {
    type(control('Idle for at most, minutes'), '20');
    await eventually(() => expect(control('When idle for so long')).not.toBeNull());
    dialog.resolve();
    await done;
    expect(dialog.change).toEqual({ idleTimeoutSeconds: 1200, idleAction: 'pause' });
  });

  it('stays open at a field that can’t be taken, with the sentence beside it', async () => {
    type(control('Name'), '');
    control('Idle for at most, minutes')?.focus();
    dialog.resolve();
    await eventually(() => expect(document.activeElement).toBe(control('Name')));
    expect(control('Name')?.getAttribute('aria-invalid')).toBe('true');
    expect(document.body.textContent).toContain('A runtime has a name.');
    expect(dialog.isDisposed).toBe(false);
    expect(dialog.change).toBeNull();
  });
});

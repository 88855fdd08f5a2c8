/** Starting a runtime that no document asked for. */
import type { CommandRegistry } from '@lumino/commands';
import { MenuSvg } from '@jupyterlab/ui-components';

import { CommandIDs } from '../../commands';
import type { IRuntimeChoice, IRuntimeManager, IRuntimeProvider } from '../../tokens';

/** Offer what a place can start: at once where there is one kind only, else in a menu beside the button. */
export function offerStart(
  provider: IRuntimeProvider,
  beside: HTMLElement,
  manager: IRuntimeManager,
  commands: CommandRegistry
): void {
  const choices = manager.choices.filter(choice => choice.provider === provider);
  const [only] = choices;
  const hasForm = choices.some(({ environment }) => environment !== null);
  if (choices.length === 1 && only !== undefined && !hasForm) {
    void commands.execute(CommandIDs.start, args(only));
    return;
  }
  const menu = new MenuSvg({ commands });
  choices.forEach(choice => menu.addItem({ command: CommandIDs.start, args: args(choice) }));
  if (hasForm) {
    menu.addItem({ type: 'separator' });
    menu.addItem({
      command: CommandIDs.launchWithOptions,
      args: { provider: provider.id }
    });
  }
  // The items' commands run after the menu has closed.
  menu.aboutToClose.connect(() => requestAnimationFrame(() => menu.dispose()));
  const { left, bottom } = beside.getBoundingClientRect();
  menu.open(left, bottom);
}

function args({ kernelName }: IRuntimeChoice): { kernelName: string } {
  return { kernelName };
}

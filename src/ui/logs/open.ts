/** A runtime's log in the main area. */
import { MainAreaWidget, ToolbarButton } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { listIcon } from '@jupyterlab/ui-components';

import type { IRuntimeManager, IRuntimeModel } from '../../tokens';
import { LogView } from './logView';

export function logWidget(
  manager: IRuntimeManager,
  runtime: IRuntimeModel,
  trans: TranslationBundle
): MainAreaWidget<LogView> {
  const content = new LogView({ manager, runtime, trans });
  const widget = new MainAreaWidget({ content });
  widget.id = logWidgetId(runtime);
  widget.title.label = trans.__('Log: %1', runtime.name);
  widget.title.caption = trans.__('What the server of “%1” says', runtime.name);
  widget.title.icon = listIcon;
  widget.title.closable = true;
  const follow = new ToolbarButton({
    label: trans.__('Follow'),
    tooltip: trans.__('Show new lines as they come'),
    pressed: true,
    onClick: () => {
      content.isFollowing = !content.isFollowing;
      follow.pressed = content.isFollowing;
    }
  });
  widget.toolbar.addItem('follow', follow);
  return widget;
}

export function logWidgetId(runtime: IRuntimeModel): string {
  return `jupyterlab-runtimes-log-${runtime.key}`;
}

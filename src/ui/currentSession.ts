/** The session of the document that the user works in. */
import type { ISessionContext } from '@jupyterlab/apputils';
import { ConsolePanel } from '@jupyterlab/console';
import { DocumentWidget } from '@jupyterlab/docregistry';
import type { Widget } from '@lumino/widgets';

/** @returns Null where the widget has no kernel, and can't have one. */
export function sessionOf(widget: Widget | null): ISessionContext | null {
  if (widget instanceof ConsolePanel) {
    return widget.sessionContext;
  }
  return widget instanceof DocumentWidget ? widget.context.sessionContext : null;
}

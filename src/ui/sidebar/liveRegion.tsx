/** Tells screen readers what changed: politely, and not more than once in a while. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IRuntimeManager } from '../../tokens';
import { announcements, hear, hearPlaces, placeAnnouncements } from './announcements';

/** Changes within this time are told together, milliseconds. */
const GATHER_MS = 1000;
/** More than this in one go is counted, not read out. */
const LONGEST = 3;

export interface ILiveRegionProps {
  readonly manager: IRuntimeManager;
  readonly trans: TranslationBundle;
}

export function LiveRegion({ manager, trans }: ILiveRegionProps): React.JSX.Element {
  const [text, setText] = React.useState('');
  React.useEffect(() => {
    const { providers } = manager;
    let heard = hear(manager.runtimes);
    let places = hearPlaces(providers.list());
    let timer: ReturnType<typeof setTimeout> | null = null;
    const tell = () => {
      timer = null;
      const news = [
        ...placeAnnouncements(places, providers.list(), trans),
        ...announcements(heard, manager.runtimes, trans)
      ];
      heard = hear(manager.runtimes);
      places = hearPlaces(providers.list());
      if (news.length > 0) {
        const rest = news.length - LONGEST;
        const more = rest > 0 ? [trans._n('%1 more change.', '%1 more changes.', rest)] : [];
        setText([...news.slice(0, LONGEST), ...more].join(' '));
      }
    };
    const onChanged = () => {
      timer ??= setTimeout(tell, GATHER_MS);
    };
    manager.changed.connect(onChanged);
    return () => {
      manager.changed.disconnect(onChanged);
      if (timer !== null) {
        clearTimeout(timer);
      }
    };
  }, [manager, trans]);
  return (
    <div className="jp-Runtimes-visuallyHidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

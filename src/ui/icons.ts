/** The icons of places and states. States differ by shape, not by colour alone. */
import { LabIcon } from '@jupyterlab/ui-components';

import browserSvg from '../../style/icons/place-browser.svg';
import localSvg from '../../style/icons/place-local.svg';
import remoteSvg from '../../style/icons/place-remote.svg';
import extendSvg from '../../style/icons/extend.svg';
import restartClearSvg from '../../style/icons/restart-clear.svg';
import runtimesSvg from '../../style/icons/runtimes.svg';
import busySvg from '../../style/icons/state-busy.svg';
import endedSvg from '../../style/icons/state-ended.svg';
import failedSvg from '../../style/icons/state-failed.svg';
import idleSvg from '../../style/icons/state-idle.svg';
import pausedSvg from '../../style/icons/state-paused.svg';
import reconnectingSvg from '../../style/icons/state-reconnecting.svg';
import startingSvg from '../../style/icons/state-starting.svg';
import type { Place } from '../tokens';
import type { VisibleState } from './states';

function icon(name: string, svgstr: string): LabIcon {
  return new LabIcon({ name: `jupyterlab-runtimes:${name}`, svgstr });
}

export const runtimesIcon = icon('runtimes', runtimesSvg);
export const restartClearIcon = icon('restart-clear', restartClearSvg);

export const extendIcon = icon('extend', extendSvg);

export const PLACE_ICONS: Record<Place, LabIcon> = {
  browser: icon('place-browser', browserSvg),
  local: icon('place-local', localSvg),
  remote: icon('place-remote', remoteSvg)
};

export const STATE_ICONS: Record<VisibleState, LabIcon> = {
  starting: icon('state-starting', startingSvg),
  idle: icon('state-idle', idleSvg),
  busy: icon('state-busy', busySvg),
  paused: icon('state-paused', pausedSvg),
  failed: icon('state-failed', failedSvg),
  reconnecting: icon('state-reconnecting', reconnectingSvg),
  ended: icon('state-ended', endedSvg)
};

import browserSvg from '../../style/icons/place-browser.svg';
import localSvg from '../../style/icons/place-local.svg';
import remoteSvg from '../../style/icons/place-remote.svg';
import type { Place } from '../tokens';

/** A picture has no part in the theme: a colour that stands out from light and dark. */
const COLOUR = '#3f83bd';
const SVGS: Readonly<Record<Place, string>> = {
  browser: browserSvg,
  local: localSvg,
  remote: remoteSvg
};

/** What Lab shows of a kernelspec of this place (launcher, running panel) that has no
 *  picture of its own: a URL that holds it. */
export function logoOf(place: Place): string {
  const svg = SVGS[place].replaceAll('#616161', COLOUR);
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

import { LabIcon } from '@jupyterlab/ui-components';

import snapshotSvg from '../../../style/icons/snapshot.svg';

export const snapshotIcon = new LabIcon({
  name: 'jupyterlab-runtimes:snapshot',
  svgstr: snapshotSvg
});

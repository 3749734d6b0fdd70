/** The icon of the panel and of what starts there. */
import { LabIcon } from '@jupyterlab/ui-components';

import multicloudSvg from '../style/icons/multicloud.svg';

export const multicloudIcon = new LabIcon({
  name: 'multicloud-lab:multicloud',
  svgstr: multicloudSvg
});

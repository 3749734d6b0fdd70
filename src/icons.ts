/** The icons of the panel, of what starts there, of the map and of the ledger. */
import { LabIcon } from '@jupyterlab/ui-components';

import ledgerSvg from '../style/icons/ledger.svg';
import mapSvg from '../style/icons/map.svg';
import multicloudSvg from '../style/icons/multicloud.svg';

export const multicloudIcon = new LabIcon({
  name: 'multicloud-lab:multicloud',
  svgstr: multicloudSvg
});

export const mapIcon = new LabIcon({
  name: 'multicloud-lab:map',
  svgstr: mapSvg
});

export const ledgerIcon = new LabIcon({
  name: 'multicloud-lab:ledger',
  svgstr: ledgerSvg
});

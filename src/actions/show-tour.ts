/** Shows the four steps of the tour. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { ITourStep, Tour } from '../components/tour';

/**
 * Begin the tour.
 *
 * @param panel - Of the side bar, which is to be seen.
 * @param onEnd - Called when it is over, or was skipped.
 */
export function showTour(
  panel: HTMLElement,
  trans: TranslationBundle,
  onEnd: () => void
): Tour {
  const section = (index: number) => () =>
    panel.querySelectorAll<HTMLElement>('.jp-MulticloudSection')[index] ??
    panel;
  const steps: ITourStep[] = [
    {
      title: trans.__('Datasets'),
      text: trans.__(
        'Every dataset of your catalogs, with the region that its bytes are in. ● means that a gateway is there. Search by words; the filters below narrow by provider, region and more.'
      ),
      target: section(0)
    },
    {
      title: trans.__('Open near data'),
      text: trans.__(
        'Press Enter on a dataset, or choose Open Dataset Near Data with a right click. A cluster starts beside its bytes, and ready cells appear in your notebook.'
      ),
      target: section(0)
    },
    {
      title: trans.__('Clusters'),
      text: trans.__(
        'What runs, by region, and what it costs in worker-hours. Change how large a cluster may be, connect a cell to it, or stop it. The clouds in a notebook’s toolbar say which clusters it uses.'
      ),
      target: section(1)
    },
    {
      title: trans.__('Gateways'),
      text: trans.__(
        'The Dask Gateways that start clusters, one in each region. Sign in once; your password stays in the memory of the Jupyter server.'
      ),
      target: section(2)
    }
  ];
  const tour = new Tour({ steps, trans, onEnd });
  tour.begin();
  return tour;
}

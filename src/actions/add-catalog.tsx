/** Adds a catalog to the lab until the server is restarted, and says how to keep it. */
import {
  Clipboard,
  Dialog,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { catalogName } from '../state/addresses';
import type { IMulticloudLab } from '../tokens';

/**
 * Ask for the address of a catalog, and add it.
 *
 * @throws ApiError - It is no catalog, or there is one of that name.
 */
export async function askForCatalog(
  lab: IMulticloudLab,
  trans: TranslationBundle
): Promise<void> {
  const { button, value } = await InputDialog.getText({
    title: trans.__('Add a Catalog'),
    label: trans.__(
      'Its address, of intake, STAC, intake-esm or a list of URLs:'
    ),
    placeholder: trans.__('https://…/catalog.yaml'),
    required: true,
    okLabel: trans.__('Next')
  });
  const url = value?.trim();
  if (button.accept && url) {
    await addCatalog(url, lab, trans);
  }
}

/**
 * Ask for a catalog's name, and add it.
 *
 * @param url - Or a path on the server's machine.
 * @throws ApiError - It is no catalog, or there is one of that name.
 */
export async function addCatalog(
  url: string,
  lab: IMulticloudLab,
  trans: TranslationBundle
): Promise<void> {
  const { button, value } = await InputDialog.getText({
    title: trans.__('Add a Catalog'),
    label: trans.__('Its name, which the ids of its datasets begin with:'),
    text: catalogName(url),
    pattern: '[A-Za-z0-9][A-Za-z0-9._\\-]*',
    required: true,
    okLabel: trans.__('Add')
  });
  if (!button.accept || !value) {
    return;
  }
  await lab.api.addCatalog({ name: value, url });
  await lab.follow('datasets');
  const count =
    lab.status.value?.catalogs.find(({ name }) => name === value)?.datasets ??
    0;
  const lines = JSON.stringify(
    { MulticloudLab: { catalogs: [{ name: value, url }] } },
    null,
    2
  );
  Notification.success(
    trans._n(
      'The catalog %2, with %1 dataset, is there until the server is restarted.',
      'The catalog %2, with %1 datasets, is there until the server is restarted.',
      count,
      value
    ),
    {
      autoClose: false,
      actions: [
        {
          label: trans.__('Keep It…'),
          callback: () => void showLines(lines, trans)
        }
      ]
    }
  );
}

async function showLines(
  lines: string,
  trans: TranslationBundle
): Promise<void> {
  const { button } = await showDialog({
    title: trans.__('Keep the Catalog'),
    body: (
      <div className="jp-MulticloudQuestion">
        <p>
          {trans.__(
            'Add this to the configuration of the Jupyter server, in a file in jupyter_server_config.d:'
          )}
        </p>
        <pre>{lines}</pre>
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      Dialog.okButton({ label: trans.__('Copy') })
    ]
  });
  if (button.accept) {
    Clipboard.copyToSystem(lines);
  }
}

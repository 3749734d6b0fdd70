/** Opens a file, or a folder, of the file browser as a dataset; or adds it as a catalog. */
import { Notification } from '@jupyterlab/apputils';
import { PageConfig, PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

import {
  FileKind,
  firstReference,
  isData,
  isJson,
  isYamlCatalog,
  kindOfJson
} from '../state/addresses';
import type { Inserter } from '../notebook/inserter';
import { addCatalog } from './add-catalog';
import type { IOpenOptions } from './open-near-data';
import { startAndFollow } from './follow-cluster';
import { withSignIn } from './with-sign-in';

/** Bytes of the longest file that is looked into here. */
const LONGEST = 20_000_000;

export type IFileOptions = Omit<IOpenOptions, 'insert' | 'showDetails'>;

/**
 * Open a file as what it is: data where they are, references of kerchunk where the bytes are that
 * they lead to, a catalog as one more of the lab's.
 *
 * @param path - Of the file, as the contents API has it.
 * @throws Error - It is none of these, or there is no notebook to put cells into.
 */
export async function openFile(
  path: string,
  contents: Contents.IManager,
  inserter: Inserter,
  options: IFileOptions
): Promise<void> {
  const { trans } = options;
  const seen = isData(path)
    ? { kind: 'data', reference: null }
    : await lookInto(path, contents);
  if (seen.kind === null) {
    const name = PathExt.basename(path);
    throw new Error(
      isJson(path)
        ? trans.__(
            '%1 holds neither references of kerchunk nor a catalog (intake-esm, STAC, intake).',
            name
          )
        : trans.__(
            '%1 is no catalog that the lab reads: those of intake in YAML have sources or entries.',
            name
          )
    );
  }
  if (seen.kind === 'catalog') {
    await addCatalog(
      `${PageConfig.getOption('serverRoot')}/${path}`,
      options.lab,
      options.trans
    );
  } else {
    await openData(path, seen.reference, inserter, options);
  }
}

/** Insert cells that open data, and have a cluster near what references lead to. */
async function openData(
  path: string,
  reference: string | null,
  inserter: Inserter,
  { lab, trans, callbacks }: IFileOptions
): Promise<void> {
  const near = reference
    ? (await lab.api.placementsNear(reference)).find(
        ({ relation }) => relation !== 'unknown'
      )
    : undefined;
  const panel = await inserter.target();
  const seen = pathFrom(PathExt.dirname(panel.context.path), path);
  const { cells } = await lab.api.cells({
    datasets: [seen],
    analysis: 'open',
    gateways: near ? { [seen]: near.gateway } : {},
    style: lab.cellStyle
  });
  await inserter.insert(cells, panel);
  const name = PathExt.basename(path);
  if (!near) {
    Notification.info(
      trans.__('%1 is read from this machine, so no cluster is near it.', name),
      { autoClose: 8000 }
    );
    return;
  }
  const about = trans.__(
    '%1 leads to %2: asking %3 for a cluster …',
    name,
    near.region ?? trans.__('an unknown region'),
    near.gateway
  );
  const wish = { near: reference, gateway: near.gateway, reuse: true };
  const start = () => startAndFollow(lab, wish, about, callbacks, trans);
  await withSignIn(lab, near.gateway, start, trans);
}

/** What a file of text holds, and the first address in a cloud that its references lead to. */
async function lookInto(
  path: string,
  contents: Contents.IManager
): Promise<{ kind: FileKind | null; reference: string | null }> {
  const { size } = await contents.get(path, { content: false });
  if ((size ?? 0) > LONGEST) {
    // References are as long as that; catalogs are not.
    return { kind: isJson(path) ? 'references' : null, reference: null };
  }
  const { content } = await contents.get(path, {
    type: 'file',
    format: 'text',
    content: true // which is not so by itself
  });
  const text = content as string;
  if (!isJson(path)) {
    return { kind: isYamlCatalog(text) ? 'catalog' : null, reference: null };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = null; // which is nothing that is known
  }
  const kind = kindOfJson(parsed);
  return {
    kind,
    reference: kind === 'references' ? firstReference(parsed) : null
  };
}

/** A path as code in a folder has it: always with a dot, so that it is no dataset's id. */
function pathFrom(folder: string, path: string): string {
  const relative = PathExt.relative(folder, path);
  return relative.startsWith('../') ? relative : `./${relative}`;
}

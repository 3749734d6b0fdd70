/** The ids of the commands, the JSON schemas of their arguments, and the datasets they are about. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import type { Cluster } from './api/wire';
import type { IMulticloudLab } from './tokens';

export namespace CommandIDs {
  export const openNearData = 'multicloud-lab:open-near-data';
  export const insertAnalysis = 'multicloud-lab:insert-analysis';
  export const showDataset = 'multicloud-lab:show-dataset';
  export const openUrlNearData = 'multicloud-lab:open-url-near-data';
  export const openFileNearData = 'multicloud-lab:open-file-near-data';
  export const addCatalog = 'multicloud-lab:add-catalog';
  export const addCatalogUrl = 'multicloud-lab:add-catalog-url';
  export const copyUrl = 'multicloud-lab:copy-url';
  export const copyCode = 'multicloud-lab:copy-code';
  export const startCluster = 'multicloud-lab:start-cluster';
  export const stopCluster = 'multicloud-lab:stop-cluster';
  export const stopAllClusters = 'multicloud-lab:stop-all-clusters';
  export const keepCluster = 'multicloud-lab:keep-cluster';
  export const connectCluster = 'multicloud-lab:connect-cluster';
  export const pickClusters = 'multicloud-lab:pick-clusters';
  export const startBeside = 'multicloud-lab:start-beside';
  export const showMap = 'multicloud-lab:show-map';
  export const showLedger = 'multicloud-lab:show-ledger';
  export const exportLedger = 'multicloud-lab:export-ledger';
  export const showTour = 'multicloud-lab:show-tour';
  export const showPanel = 'multicloud-lab:show-panel';
  export const startClusters = 'multicloud-lab:start-clusters';
  export const signIn = 'multicloud-lab:sign-in';
  export const signOut = 'multicloud-lab:sign-out';
  export const openDashboard = 'multicloud-lab:open-dashboard';
  export const toggleTree = 'multicloud-lab:toggle-tree';
  export const refresh = 'multicloud-lab:refresh';
}

/**
 * Describe the arguments of a command.
 *
 * @param properties - Each argument's description; `datasets` is a list, the others are text.
 * @param required - Names of those that must be given.
 */
export function argumentsOf(
  properties: Record<string, string>,
  required: string[] = []
): { args: ReadonlyJSONObject } {
  const schemas: Record<string, ReadonlyJSONObject> = {};
  for (const [name, description] of Object.entries(properties)) {
    schemas[name] =
      name === 'datasets'
        ? { type: 'array', items: { type: 'string' }, description }
        : { type: 'string', description };
  }
  return { args: { type: 'object', properties: schemas, required } };
}

/** Describe the arguments of a command on one cluster. */
export function clusterArguments(trans: TranslationBundle): {
  args: ReadonlyJSONObject;
} {
  return argumentsOf(
    {
      gateway: trans.__('The name of the gateway'),
      cluster: trans.__('The name of the cluster')
    },
    ['gateway', 'cluster']
  );
}

/** Make what runs a command on the cluster that it is given. */
export function onCluster(
  commands: CommandRegistry,
  command: string
): (cluster: Cluster) => void {
  return ({ gateway, name }) =>
    void commands.execute(command, { gateway, cluster: name });
}

/** The datasets that a command is about: those it is told, else those selected. */
export function chosenOf(
  { dataset, datasets }: ReadonlyPartialJSONObject,
  lab: Pick<IMulticloudLab, 'selection'>
): readonly string[] {
  if (Array.isArray(datasets)) {
    return datasets as string[];
  }
  return typeof dataset === 'string' ? [dataset] : lab.selection.ids;
}

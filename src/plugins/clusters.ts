/** The commands on clusters and gateways. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { runIcon, stopIcon } from '@jupyterlab/ui-components';

import { chooseGateway } from '../actions/choose-gateway';
import { sayFailed } from '../actions/notify';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- it watches from the start
import { IdleWarnings } from '../actions/warn-idle';
import {
  argumentsOf,
  clusterArguments,
  CommandIDs,
  onCluster
} from '../commands';
import { isOwnAlive } from '../components/cluster-words';
import { IMulticloudLab } from '../tokens';

export const clustersPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:clusters',
  description: 'The commands on clusters and gateways.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');

    const callbacks = {
      openDashboard: onCluster(commands, CommandIDs.openDashboard),
      stop: onCluster(commands, CommandIDs.stopCluster)
    };

    commands.addCommand(CommandIDs.startCluster, {
      label: trans.__('Start Cluster…'),
      caption: trans.__('Start a cluster on a gateway, with its options'),
      describedBy: argumentsOf({
        gateway: trans.__('The name of the gateway; else it is asked')
      }),
      execute: async args => {
        const name = args.gateway as string | undefined;
        try {
          const gateway = await chooseGateway(lab, name, trans);
          if (gateway) {
            const { startByHand } = await import('../actions/start-cluster');
            await startByHand(lab, gateway, callbacks, trans);
          }
        } catch (error) {
          sayFailed(trans.__('No cluster was started'), error, trans);
        }
      }
    });

    commands.addCommand(CommandIDs.stopCluster, {
      label: trans.__('Stop Cluster'),
      caption: trans.__('Stop a cluster and all of its workers'),
      describedBy: clusterArguments(trans),
      execute: async args => {
        const { stopOne } = await import('../actions/stop-clusters');
        const { gateway, cluster } = args as Record<string, string>;
        await stopOne(lab, gateway, cluster, trans);
      }
    });

    commands.addCommand(CommandIDs.stopAllClusters, {
      label: trans.__('Stop All Clusters…'),
      caption: trans.__('Stop the clusters of this lab on every gateway'),
      icon: stopIcon,
      describedBy: argumentsOf({}),
      isEnabled: () => lab.clusters.value.some(isOwnAlive),
      execute: async () => {
        const { stopAll } = await import('../actions/stop-clusters');
        await stopAll(lab, trans);
      }
    });
    lab.clusters.changed.connect(() =>
      commands.notifyCommandChanged(CommandIDs.stopAllClusters)
    );

    commands.addCommand(CommandIDs.keepCluster, {
      label: trans.__('Keep Cluster'),
      caption: trans.__('Do not stop an idle cluster for now'),
      describedBy: clusterArguments(trans),
      execute: async args => {
        const { gateway, cluster } = args as Record<string, string>;
        try {
          await lab.api.keepCluster(gateway, cluster);
        } catch (error) {
          const what = trans.__('The cluster on %1 is not kept', gateway);
          sayFailed(what, error, trans);
        }
        await lab.clusters.refresh();
      }
    });

    commands.addCommand(CommandIDs.startClusters, {
      label: trans.__('Start Clusters on Several Gateways…'),
      caption: trans.__(
        'Start a cluster on each of the gateways that are signed in to, at once'
      ),
      icon: runIcon,
      describedBy: argumentsOf({}),
      isEnabled: () =>
        lab.gateways.value.some(({ state }) => state === 'signed-in'),
      execute: async () => {
        const { startOnSeveral } = await import('../actions/start-several');
        await startOnSeveral(lab, callbacks, trans);
      }
    });
    lab.gateways.changed.connect(() =>
      commands.notifyCommandChanged(CommandIDs.startClusters)
    );

    new IdleWarnings(
      lab,
      app.serviceManager.events.stream,
      {
        keep: onCluster(commands, CommandIDs.keepCluster),
        stop: onCluster(commands, CommandIDs.stopCluster)
      },
      trans
    );

    commands.addCommand(CommandIDs.signIn, {
      label: trans.__('Sign In to a Gateway…'),
      caption: trans.__('Sign in to a Dask Gateway'),
      describedBy: argumentsOf({
        gateway: trans.__('The name of the gateway; else it is asked')
      }),
      execute: async args => {
        const name = args.gateway as string | undefined;
        try {
          const gateway = await chooseGateway(lab, name, trans);
          const { signIn } = await import('../actions/sign-in');
          return gateway !== null && (await signIn(lab, gateway, trans));
        } catch (error) {
          sayFailed(trans.__('Not signed in'), error, trans);
          return false;
        }
      }
    });

    /** Ask before clusters go on where nobody sees them. */
    const mayForget = async (gateway: string): Promise<boolean> => {
      const running = lab.clusters.value.filter(
        cluster => cluster.gateway === gateway
      ).length;
      if (running === 0) {
        return true;
      }
      const { button } = await showDialog({
        title: trans.__('Sign Out of %1?', gateway),
        body: trans._n(
          '%1 cluster there goes on, and is not listed until you sign in again.',
          '%1 clusters there go on, and are not listed until you sign in again.',
          running
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.warnButton({ label: trans.__('Sign Out') })
        ]
      });
      return button.accept;
    };

    commands.addCommand(CommandIDs.signOut, {
      label: trans.__('Sign Out of a Gateway'),
      caption: trans.__('Forget the password of a Dask Gateway'),
      describedBy: argumentsOf({
        gateway: trans.__('The name of the gateway; else it is asked')
      }),
      execute: async args => {
        const name = args.gateway as string | undefined;
        try {
          const gateway = await chooseGateway(lab, name, trans);
          if (gateway && (await mayForget(gateway.name))) {
            await lab.api.signOut(gateway.name);
            await lab.follow('gateways');
          }
        } catch (error) {
          sayFailed(trans.__('Not signed out'), error, trans);
        }
      }
    });

    for (const command of [
      CommandIDs.startCluster,
      CommandIDs.startClusters,
      CommandIDs.stopAllClusters,
      CommandIDs.signIn,
      CommandIDs.signOut
    ]) {
      palette?.addItem({ command, category: trans.__('Multi-Cloud Lab') });
    }
  }
};

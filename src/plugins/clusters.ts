/** The commands on clusters and gateways. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { chooseGateway } from '../actions/choose-gateway';
import { sayFailed } from '../actions/notify';
import type { Cluster } from '../api/wire';
import { argumentsOf, CommandIDs } from '../commands';
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
    const onCluster = (command: string) => (cluster: Cluster) =>
      void commands.execute(command, {
        gateway: cluster.gateway,
        cluster: cluster.name
      });

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
            await startByHand(
              lab,
              gateway,
              {
                openDashboard: onCluster(CommandIDs.openDashboard),
                stop: onCluster(CommandIDs.stopCluster)
              },
              trans
            );
          }
        } catch (error) {
          sayFailed(trans.__('No cluster was started'), error, trans);
        }
      }
    });

    commands.addCommand(CommandIDs.stopCluster, {
      label: trans.__('Stop Cluster'),
      caption: trans.__('Stop a cluster and all of its workers'),
      describedBy: argumentsOf(
        {
          gateway: trans.__('The name of the gateway'),
          cluster: trans.__('The name of the cluster')
        },
        ['gateway', 'cluster']
      ),
      execute: async args => {
        const gateway = args.gateway as string;
        const cluster = args.cluster as string;
        const { button } = await showDialog({
          title: trans.__('Stop the Cluster on %1?', gateway),
          body: trans.__(
            'Its workers stop, and what they hold in memory is lost.'
          ),
          buttons: [
            Dialog.cancelButton({ label: trans.__('Cancel') }),
            Dialog.warnButton({ label: trans.__('Stop') })
          ]
        });
        if (!button.accept) {
          return;
        }
        try {
          await lab.api.stopCluster(gateway, cluster);
        } catch (error) {
          sayFailed(trans.__('The cluster was not stopped'), error, trans);
        }
        await lab.clusters.refresh();
      }
    });

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
      CommandIDs.signIn,
      CommandIDs.signOut
    ]) {
      palette?.addItem({ command, category: trans.__('Multi-Cloud Lab') });
    }
  }
};

import { CommandRegistry } from '@lumino/commands';

import { driveDask } from '../dashboards';

const PATH = 'multicloud-lab/dashboards/aws/x/status';

describe('driveDask', () => {
  let commands: CommandRegistry;
  let done: string[];

  beforeEach(() => {
    commands = new CommandRegistry();
    done = [];
  });

  it('should leave it to a tab without dask-labextension', async () => {
    await expect(driveDask(commands, PATH)).resolves.toBe(false);
  });

  it('should launch only once the dashboards are found', async () => {
    let found = false;
    commands.addCommand('dask:populate-dashboard-url', {
      execute: ({ url }) => {
        done.push(url as string);
        setTimeout(() => {
          found = true;
          done.push('found');
        }, 150);
      }
    });
    commands.addCommand('dask:launch-layout', {
      isEnabled: () => found,
      execute: () => done.push('launched')
    });
    await expect(driveDask(commands, PATH)).resolves.toBe(true);
    expect(done).toEqual([
      'multicloud-lab/dashboards/aws/x',
      'found',
      'launched'
    ]);
  });
});

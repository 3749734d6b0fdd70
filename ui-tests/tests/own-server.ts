/** A JupyterLab of its own on the demo's clouds, for journeys that want it set up otherwise, or shut it down. */
import { ChildProcess, spawn } from 'child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'fs';
import path from 'path';

import { readDemo } from './demo';

export interface IOwnServerOptions {
  port: number;
  /** Who signs in to the gateways: clusters of others are not seen. */
  username: string;
  /** Values of the lab's configuration that are not the demo's. */
  lab: Record<string, unknown>;
  disabledExtensions: string[];
}

export class OwnServer {
  private constructor(
    private _process: ChildProcess,
    private _ended: Promise<unknown>
  ) {}

  /** Start it, and wait until it answers. */
  static async start(options: IOwnServerOptions): Promise<OwnServer> {
    const home = path.join(
      process.env.MULTICLOUD_UI_STATE ?? '',
      'tmp',
      `own-${options.port}`
    );
    const config = path.join(home, 'config');
    const write = (name: string, content: unknown) => {
      mkdirSync(path.dirname(path.join(config, name)), { recursive: true });
      writeFileSync(path.join(config, name), JSON.stringify(content));
    };
    write('jupyter_server_config.json', {
      ServerApp: {
        ip: '127.0.0.1',
        port: options.port,
        port_retries: 0,
        open_browser: false,
        allow_root: true,
        root_dir: home,
        jpserver_extensions: { multicloud_lab: true }
      }
    });
    const demo = readLabOfDemo();
    write('jupyter_server_config.d/lab.json', {
      MulticloudLab: {
        ...demo,
        ...options.lab,
        gateways: demo.gateways.map(gateway => ({
          ...gateway,
          auth: { type: 'basic', username: options.username }
        }))
      }
    });
    write('labconfig/page_config.json', {
      disabledExtensions: Object.fromEntries(
        options.disabledExtensions.map(name => [name, true])
      )
    });
    const log = openSync(path.join(home, 'server.log'), 'w');
    const child = spawn('jupyter', ['lab'], {
      env: {
        ...process.env,
        JUPYTER_CONFIG_DIR: config,
        JUPYTER_CONFIG_PATH: path.join(__dirname, '..', 'server'),
        JUPYTER_DATA_DIR: path.join(home, 'data'),
        JUPYTER_RUNTIME_DIR: path.join(home, 'runtime')
      },
      stdio: ['ignore', log, log]
    });
    const ended = new Promise(resolve => child.once('exit', resolve));
    for (let tries = 0; tries < 300; tries++) {
      const answer = await fetch(`http://127.0.0.1:${options.port}/api`).catch(
        () => null
      );
      if (answer?.ok) {
        return new OwnServer(child, ended);
      }
      await new Promise(resolve => setTimeout(resolve, 200));
    }
    child.kill();
    throw new Error(`No JupyterLab answers; see ${home}/server.log.`);
  }

  /** Wait until somebody has shut it down. */
  get ended(): Promise<unknown> {
    return this._ended;
  }

  /** Stop it, unless it is. */
  async stop(): Promise<void> {
    this._process.kill('SIGTERM');
    await this._ended;
  }
}

/** The configuration of the lab in the demo's own JupyterLab. */
function readLabOfDemo(): { gateways: object[] } {
  const file = path.join(
    process.env.MULTICLOUD_UI_STATE ?? '',
    'config/jupyter/jupyter_server_config.d/multicloud_lab_demo.json'
  );
  return JSON.parse(readFileSync(file, 'utf-8')).MulticloudLab;
}

/** The names of a user's clusters, as the gateway itself counts them. */
export async function clustersOf(
  username: string,
  gateway: string
): Promise<string[]> {
  const { address, password } = readDemo().gateways.find(
    ({ name }) => name === gateway
  )!;
  const pair = Buffer.from(`${username}:${password}`).toString('base64');
  const answer = await fetch(
    `${address}/api/v1/clusters/?status=PENDING,RUNNING`,
    { headers: { Authorization: `Basic ${pair}` } }
  );
  return Object.keys((await answer.json()) as object);
}

/** What the demo says of itself: its gateways and their passwords. */
import { readFileSync } from 'fs';
import path from 'path';

interface IDemoGateway {
  name: string;
  region: string;
  address: string;
  password: string;
}

interface IDemo {
  jupyter: { url: string; token: string };
  gateways: IDemoGateway[];
}

/** Read `demo.json`. */
export function readDemo(): IDemo {
  const state = process.env.MULTICLOUD_UI_STATE ?? '';
  return JSON.parse(readFileSync(path.join(state, 'demo.json'), 'utf-8'));
}

/** The password of a gateway. */
export function passwordOf(name: string): string {
  const gateway = readDemo().gateways.find(known => known.name === name);
  if (!gateway) {
    throw new Error(`The demo has no gateway ${name}.`);
  }
  return gateway.password;
}

/** Sign out of every gateway and stop every cluster: what other journeys have left behind. */
export async function startAfresh(): Promise<void> {
  const { jupyter, gateways } = readDemo();
  const headers = { Authorization: `token ${jupyter.token}` };
  const paths = [
    'clusters',
    ...gateways.map(({ name }) => `gateways/${name}/session`)
  ];
  for (const path of paths) {
    const url = new URL(`multicloud-lab/api/${path}`, jupyter.url);
    const answer = await fetch(url, { method: 'DELETE', headers });
    if (!answer.ok) {
      throw new Error(`DELETE ${path}: ${await answer.text()}`);
    }
  }
}

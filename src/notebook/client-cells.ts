/** Writes the cells that attach a notebook to clusters, and detach it from them. */
import type { Cell, Cluster } from '../api/wire';

type Named = Pick<Cluster, 'gateway' | 'name' | 'region'>;

const IMPORT = 'import multicloud_lab as mcl';

/** A cell that attaches to clusters and detaches from others; the notebook shows what it does. */
export function clientCell(
  attach: readonly Named[],
  detach: readonly Named[] = []
): Cell {
  const names = variablesFor(attach);
  const lines = [
    ...detach.map(
      ({ name, region }) =>
        `mcl.detach(${quoted(name)})  # in ${region}, where it goes on`
    ),
    ...attach.map(
      ({ name, region }, index) =>
        `${names[index]} = mcl.client(cluster=${quoted(name)})  # in ${region}`
    )
  ];
  if (attach.length === 1) {
    lines.push('client');
  }
  return code(lines);
}

/** A cell that has a client of a cluster beside something, started if there is none. */
export function nearCell(near: string): Cell {
  return code([`client = mcl.client(near=${quoted(near)})`, 'client']);
}

function code(lines: readonly string[]): Cell {
  return {
    cell_type: 'code',
    source: [IMPORT, '', ...lines].join('\n')
  };
}

/** A literal of Python: one of JSON is that too, whatever is in it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A variable for each cluster, no two the same. */
function variablesFor(clusters: readonly Named[]): string[] {
  if (clusters.length === 1) {
    return ['client'];
  }
  const names: string[] = [];
  for (const { gateway } of clusters) {
    const base = `client_${gateway.replace(/[^A-Za-z0-9]+/g, '_')}`;
    let name = base;
    for (let number = 2; names.includes(name); number++) {
      name = `${base}_${number}`;
    }
    names.push(name);
  }
  return names;
}

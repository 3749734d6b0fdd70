/** Which clusters a notebook is attached to, by region, as its kernel has told the server. */
import type { Attachment, Cluster } from '../api/wire';

/** The clusters of one region that a kernel is attached to. */
export interface IAttachedRegion {
  region: string;
  clusters: readonly Cluster[];
  /** Of those clusters together; null if that cannot be told. */
  workers: number | null;
}

/** The clusters that a kernel is attached to; those that are gone are not among them. */
export function clustersOf(
  kernel: string | null,
  attachments: readonly Attachment[],
  clusters: readonly Cluster[]
): Cluster[] {
  const keys = new Set(
    attachments
      .filter(attachment => attachment.kernel === kernel)
      .map(({ gateway, cluster }) => `${gateway}/${cluster}`)
  );
  return clusters.filter(
    ({ gateway, name, status }) =>
      keys.has(`${gateway}/${name}`) &&
      status !== 'STOPPED' &&
      status !== 'FAILED'
  );
}

/** Put clusters together by region, in the order in which they are listed. */
export function byRegion(clusters: readonly Cluster[]): IAttachedRegion[] {
  const groups = new Map<string, Cluster[]>();
  for (const cluster of clusters) {
    const group = groups.get(cluster.region);
    if (group) {
      group.push(cluster);
    } else {
      groups.set(cluster.region, [cluster]);
    }
  }
  return [...groups].map(([region, members]) => ({
    region,
    clusters: members,
    workers: members.reduce<number | null>(
      (sum, { workers }) =>
        sum === null || workers === null ? null : sum + workers,
      0
    )
  }));
}

/** Catalogs and registries that are not as they should be: stale or broken, why, and since when. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { CatalogStatus } from '../api/wire';
import { formatAge } from './format';
import { useNow } from './use-changed';

/** Above this many, they are told one by one only on request. */
const FEW = 1;

export interface ICatalogNoticesProps {
  catalogs: readonly CatalogStatus[];
  trans: TranslationBundle;
  /** Have the catalogs read again; settles when that is done, or has been said to have failed. */
  onRefresh: () => Promise<unknown>;
}

export function CatalogNotices(
  props: ICatalogNoticesProps
): JSX.Element | null {
  const { trans } = props;
  const [reading, setReading] = React.useState(false);
  const now = useNow(60);
  const alive = React.useRef(true);
  React.useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const bad = props.catalogs.filter(({ problem, stale }) => problem || stale);
  if (bad.length === 0) {
    return null;
  }
  const refresh = async () => {
    setReading(true);
    try {
      await props.onRefresh();
    } finally {
      if (alive.current) {
        setReading(false);
      }
    }
  };
  return (
    <section
      className="jp-MulticloudNotices"
      aria-label={trans.__('Problems of catalogs')}
    >
      <details open={bad.length <= FEW || undefined}>
        <summary>
          <span aria-hidden="true">▲ </span>
          {trans._n('%1 catalog problem', '%1 catalog problems', bad.length)}
        </summary>
        <ul>
          {bad.map(catalog => (
            <li
              key={`${catalog.kind} ${catalog.name}`}
              data-stale={catalog.stale}
            >
              {noticeOf(catalog, now, trans)}
            </li>
          ))}
        </ul>
      </details>
      <Button
        small
        disabled={reading}
        onClick={() => void refresh()}
        title={trans.__('Read every catalog again')}
      >
        {reading ? trans.__('Reading again …') : trans.__('Try Again')}
      </Button>
    </section>
  );
}

/** What is wrong with one, as sentences. */
export function noticeOf(
  catalog: CatalogStatus,
  now: number,
  trans: TranslationBundle
): string {
  const { name, problem, read, stale, kind } = catalog;
  const registry = kind === 'registry';
  if (!stale) {
    return registry
      ? trans.__('Registry %1 has a problem: %2', name, problem)
      : trans.__('Catalog %1 has a problem: %2', name, problem);
  }
  const age =
    read === null
      ? trans.__('an unknown time')
      : formatAge(Math.max(now - read, 0), trans);
  return registry
    ? trans.__('Registry %1 is as it was %2 ago. %3', name, age, problem)
    : trans.__('Catalog %1 is as it was %2 ago. %3', name, age, problem);
}

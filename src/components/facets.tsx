/** The facets: a short row of toggles with counts, and all of them by group on request. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DatasetSearch } from '../state/dataset-search';
import type { Facet } from '../api/wire';
import {
  Chosen,
  countChosen,
  FacetName,
  IToggle,
  shortRow,
  togglesOf
} from '../state/facets';

export interface IFacetsProps {
  search: DatasetSearch;
  /** As they were counted last. */
  facets: readonly Facet[];
  /** The values that are on. */
  chosen: Chosen;
  trans: TranslationBundle;
}

/** Drawn again when it was counted or chosen anew, and not at each key. */
export const Facets = React.memo(function Facets(
  props: IFacetsProps
): JSX.Element | null {
  const { search, facets, chosen, trans } = props;
  const [open, setOpen] = React.useState(false);
  const group = React.useId();
  const opener = React.useRef<HTMLButtonElement>(null);
  const clicked = React.useRef(false);
  React.useEffect(() => {
    // A toggle that is off again may have left the row, and the focus with it.
    if (clicked.current && document.activeElement === document.body) {
      opener.current?.focus();
    }
    clicked.current = false;
  });
  const { row, others } = shortRow(facets, chosen);
  if (row.length + others === 0) {
    return null;
  }
  const more = open
    ? trans.__('Show fewer filters')
    : trans._n('Show %1 more filter', 'Show %1 more filters', others);
  const toggle = (one: IToggle) => (
    <Toggle
      key={`${one.facet} ${one.value.value}`}
      toggle={one}
      trans={trans}
      onClick={() => {
        clicked.current = true;
        search.toggle(one.facet, one.value);
      }}
    />
  );
  return (
    <div
      className="jp-MulticloudFacets"
      onKeyDown={event => {
        if (event.key === 'Escape' && open) {
          setOpen(false);
          opener.current?.focus();
          event.stopPropagation();
        }
      }}
    >
      <div
        className="jp-MulticloudFacets-row"
        role="group"
        aria-label={trans.__('Narrow the list')}
      >
        {!open && row.map(toggle)}
        <button
          ref={opener}
          className="jp-MulticloudFacet jp-mod-more"
          aria-expanded={open}
          aria-controls={group}
          aria-label={more}
          title={more}
          onClick={() => setOpen(!open)}
        >
          {open ? trans.__('Fewer') : trans.__('+%1', others)}
        </button>
        {countChosen(chosen) > 0 && (
          <button
            className="jp-MulticloudFacet jp-mod-clear"
            aria-label={trans.__('Clear all filters')}
            onClick={() => {
              clicked.current = true;
              search.clearFacets();
            }}
          >
            {trans.__('Clear')}
          </button>
        )}
      </div>
      <div id={group} className="jp-MulticloudFacets-all" hidden={!open}>
        {open &&
          facets.map(facet => {
            const toggles = togglesOf(facet, chosen);
            return toggles.length === 0 ? null : (
              <fieldset key={facet.name}>
                <legend>{titleOf(facet.name, trans)}</legend>
                {toggles.map(toggle)}
                {facet.more > 0 && (
                  <span className="jp-MulticloudFacets-left">
                    {trans._n(
                      'and %1 more, rarer',
                      'and %1 more, rarer',
                      facet.more
                    )}
                  </span>
                )}
              </fieldset>
            );
          })}
      </div>
    </div>
  );
});

function Toggle(props: {
  toggle: IToggle;
  trans: TranslationBundle;
  onClick: () => void;
}): JSX.Element {
  const { toggle, trans } = props;
  const { facet, value, on } = toggle;
  const label = labelOf(toggle, trans);
  return (
    <button
      className="jp-MulticloudFacet"
      aria-pressed={on}
      aria-label={trans._n(
        '%2, %1 dataset',
        '%2, %1 datasets',
        value.count,
        label
      )}
      title={
        value.title && value.title !== value.value
          ? `${value.value} — ${value.title}`
          : titleOf(facet, trans)
      }
      onClick={props.onClick}
    >
      {on && <span aria-hidden="true">✓ </span>}
      <span className="jp-MulticloudFacet-label">{label}</span>{' '}
      <span className="jp-MulticloudFacet-count">
        {value.count.toLocaleString()}
      </span>
    </button>
  );
}

function titleOf(facet: FacetName, trans: TranslationBundle): string {
  switch (facet) {
    case 'provider':
      return trans.__('Provider');
    case 'region':
      return trans.__('Region');
    case 'catalog':
      return trans.__('Catalog');
    case 'format':
      return trans.__('Format');
    case 'tag':
      return trans.__('Tags');
    case 'requester_pays':
      return trans.__('Who pays');
    default:
      return trans.__('Gateway');
  }
}

function labelOf({ facet, value }: IToggle, trans: TranslationBundle): string {
  const yes = value.value === 'true';
  switch (facet) {
    case 'near':
      return yes ? trans.__('near a gateway') : trans.__('no gateway near');
    case 'requester_pays':
      return yes ? trans.__('you pay') : trans.__('its owner pays');
    case 'region':
      // The name that its provider gives it; what that is called is in the tooltip.
      return value.value === 'unknown'
        ? trans.__('region not known')
        : value.value;
    case 'provider':
      return providerOf(value.value, trans);
    default:
      return value.title || value.value || trans.__('not said');
  }
}

function providerOf(provider: string, trans: TranslationBundle): string {
  switch (provider) {
    case 'aws':
      return trans.__('AWS');
    case 'gcp':
      return trans.__('GCP');
    case 'azure':
      return trans.__('Azure');
    case 'local':
      return trans.__('no cloud');
    case 'unknown':
      return trans.__('place not known');
    default:
      return provider;
  }
}

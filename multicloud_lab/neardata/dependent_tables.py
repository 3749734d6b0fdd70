"""Tables whose tasks depend on their data, as sorted ones: dask computes a part to write the rest.

Of ``set_index`` it wants to know which values bound its partitions, and reads a whole column for it
while the table is optimised, by whatever computes there and then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import dask.base

from multicloud_lab.neardata.graphs.lowering import is_table, lowered
from multicloud_lab.neardata.hooking import computing_with

Work = Callable[[Sequence[Any]], Sequence[Any]]

_DEPENDENT = frozenset({"BaseSetIndexSortValues", "Repartition"})


class _WantedError(Exception):
    """Parts of a table have to be computed first."""


def settle(collections: Sequence[Any], compute: Work) -> None:
    """Have what such tables depend on computed; dask remembers it for when they are written.

    Parameters
    ----------
    collections : sequence of dask collection
    compute : callable
        Takes tables and gives their values.
    """
    for each in collections:
        if is_table(each) and any(map(_is_dependent, each.expr.walk())):
            _settle(each, compute)


def _settle(table: Any, compute: Work) -> None:
    """Optimise a table, again each time that something was wanted: nothing is locked meanwhile."""
    known: dict[tuple[str, ...], Sequence[Any]] = {}

    def look_up(parts: Sequence[Any]) -> Sequence[Any]:
        names = _names(parts)
        if names not in known:
            raise _WantedError(parts)
        return known[names]

    while True:
        try:
            with parts_computed_by(look_up):
                lowered(table)
        except _WantedError as wanted:
            (parts,) = wanted.args
        else:
            return
        known[_names(parts)] = compute(parts)


def parts_computed_by(compute: Work) -> AbstractContextManager[None]:
    """Have the parts that dask computes while tables are optimised computed by a function.

    Parameters
    ----------
    compute : callable
        Takes tables and gives their values. The metadata of files are read here as ever: they are
        small, and no table.
    """

    def computed(collections: Sequence[Any], **keywords: Any) -> Sequence[Any]:
        if any(map(is_table, collections)):
            return compute(collections)
        values = dask.base.compute(*collections, traverse=False, **keywords)  # type: ignore[no-untyped-call]
        return tuple(values)

    def persisted(collections: Sequence[Any], **keywords: Any) -> Sequence[Any]:
        kept = dask.base.persist(*collections, traverse=False, **keywords)  # type: ignore[no-untyped-call]
        return tuple(kept)

    return computing_with(computed, persisted)


def _names(parts: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(each.expr._name) for each in parts)


def _is_dependent(expression: Any) -> bool:
    return any(kind.__name__ in _DEPENDENT for kind in type(expression).__mro__)

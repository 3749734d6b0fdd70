"""The index of all datasets: found by words, region or catalog, page by page; got by id."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from multicloud_lab.errors import DatasetNotFoundError, InvalidInputError
from multicloud_lab.records import Dataset, DatasetQuery
from multicloud_lab.regions import Region, Relation, relation

_REGION_PATTERN = re.compile(r"[a-z0-9:._*?\[\]!-]+")


class CatalogIndex:
    """All datasets of all catalogs, in the catalogs' own order.

    Parameters
    ----------
    datasets : mapping
        Name of a catalog and its datasets.
    aliases : mapping, optional
        Other ids, and the id that each means.
    """

    def __init__(
        self,
        datasets: Mapping[str, Sequence[Dataset]],
        *,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._datasets = [dataset for found in datasets.values() for dataset in found]
        self._by_id = {dataset.id: dataset for dataset in self._datasets}
        self._aliases = {
            alias: target for alias, target in (aliases or {}).items() if target in self._by_id
        }
        self._words = [_words(dataset) for dataset in self._datasets]

    def __len__(self) -> int:
        return len(self._datasets)

    def get(self, dataset_id: str) -> Dataset:
        """Give a dataset by its id or an alias of it.

        Raises
        ------
        DatasetNotFoundError
            There is none; the message suggests a close one.
        """
        wanted = dataset_id.strip("/")
        found = self._by_id.get(wanted) or self._by_id.get(self._aliases.get(wanted, ""))
        if found is not None:
            return found
        close = _close(wanted, self._by_id)
        hint = f"did you mean {close!r}?" if close else "see the list of datasets."
        raise DatasetNotFoundError(f"No catalog lists {dataset_id!r}; {hint}")

    def search(
        self, query: DatasetQuery, *, in_region: Region | None = None
    ) -> tuple[list[Dataset], int, str | None]:
        """Find datasets.

        Parameters
        ----------
        query : DatasetQuery
            Every word of ``text`` must be in a dataset's id, name, title, description, tags or
            variables; ``region`` is a pattern as ``gcp:*``, or ``unknown``.
        in_region : Region, optional
            Only datasets whose bytes are there, or in a multi-region around it.

        Returns
        -------
        list of Dataset
            Those after the cursor, at most ``limit``.
        int
            How many match in all.
        str or None
            The cursor of the page after, if there is one.

        Raises
        ------
        InvalidInputError
            The region pattern or the cursor cannot be used.
        """
        words = query.text.lower().split()
        patterns = [_pattern(region) for region in query.region]
        near = (Relation.SAME_REGION, Relation.CONTAINED)
        matching = [
            dataset
            for dataset, known in zip(self._datasets, self._words, strict=True)
            if (not query.catalog or dataset.catalog in query.catalog)
            and all(word in known for word in words)
            and (not patterns or any(_in(dataset, pattern) for pattern in patterns))
            and (
                in_region is None
                or any(relation(replica.region, in_region) in near for replica in dataset.replicas)
            )
        ]
        start = _after(matching, query.cursor)
        page = matching[start : start + query.limit]
        more = start + len(page) < len(matching)
        return page, len(matching), _cursor(start + len(page), page[-1]) if more else None


def _words(dataset: Dataset) -> str:
    parts = (
        dataset.id,
        dataset.name,
        dataset.title,
        dataset.description,
        *dataset.tags,
        *dataset.variables,
    )
    return "\n".join(parts).lower()


def _pattern(text: str) -> str:
    pattern = text.strip().lower()
    if pattern and not _REGION_PATTERN.fullmatch(pattern):
        raise InvalidInputError(
            f"{text!r} is not a region or a pattern of regions; write it as 'gcp:*'."
        )
    return pattern


def _in(dataset: Dataset, pattern: str) -> bool:
    regions = [replica.region for replica in dataset.replicas] or [dataset.region]
    if pattern == "unknown":
        return all(region is None for region in regions)
    # A pattern without a provider, as us-west-2, means that name with any.
    pattern = pattern if ":" in pattern or pattern.startswith("*") else f"*:{pattern}"
    return any(region is not None and fnmatchcase(str(region), pattern) for region in regions)


def _cursor(position: int, last: Dataset) -> str:
    return base64.urlsafe_b64encode(json.dumps([position, last.id]).encode()).decode()


def _after(matching: Sequence[Dataset], cursor: str) -> int:
    """Find where a page goes on: after the dataset that the cursor names, if it is still there."""
    if not cursor:
        return 0
    try:
        position, last = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        position = int(position)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        position, last = -1, ""
    if position < 0 or not isinstance(last, str):
        raise InvalidInputError("The cursor is not one that this list gave; ask without it.")
    if 0 < position <= len(matching) and matching[position - 1].id == last:
        return position
    found = next((i for i, dataset in enumerate(matching) if dataset.id == last), None)
    return min(position, len(matching)) if found is None else found + 1


def _close(wanted: str, known: Mapping[str, object]) -> str | None:
    """Suggest an id: one that ends alike, or one that is spelled alike."""
    tail = wanted.rpartition("/")[2]
    ends = [name for name in known if name.rpartition("/")[2] == tail]
    alike = get_close_matches(wanted, ends, n=1, cutoff=0.0)
    # Comparing with all takes a while where there are very many.
    return next(iter(alike or get_close_matches(wanted, list(known)[:20_000], n=1)), None)

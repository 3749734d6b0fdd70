"""Stored sizes of compressed chunks: a few of them are asked for, and the answers kept."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from multicloud_lab.neardata.reading.references import is_reference

CHUNKS = 3
"""How many chunks of an array are asked for their size."""
ARRAYS = 200
"""How many arrays at most are asked about for one computation."""
AT_ONCE = 32
"""Questions under way at once."""
DEADLINE = 2.0
"""Seconds for all of it; what has not come by then stays unknown."""
_KEPT = 10_000

_known: OrderedDict[tuple[Any, ...], float] = OrderedDict()
_lock = threading.Lock()


def known(array: Any) -> float | None:
    """Give the average stored bytes of an element of an array that was sampled.

    Parameters
    ----------
    array : zarr.Array
    """
    with _lock:
        return _known.get(_key(array))


def sample(arrays: Iterable[Any], *, deadline: float | None = None) -> int:
    """Ask the stores for the sizes of a few chunks of each array; none is read or listed.

    Parameters
    ----------
    arrays : iterable of zarr.Array
        Those that were sampled before are not asked for again.
    deadline : float, optional
        Seconds for all of them; by default :data:`DEADLINE`.

    Returns
    -------
    int
        How many were learned of; a store that refuses or does not answer is no error.
    """
    from zarr.core.sync import sync

    new = {_key(array): array for array in arrays if _worth_asking(array)}
    with _lock:
        wanted = {key: array for key, array in new.items() if key not in _known}
    chosen = dict(list(wanted.items())[:ARRAYS])
    if not chosen:
        return 0
    deadline = DEADLINE if deadline is None else deadline
    with suppress(TimeoutError):
        sync(asyncio.wait_for(_ask(chosen), deadline), timeout=deadline + 1)
    with _lock:
        return sum(key in _known for key in chosen)


def _key(array: Any) -> tuple[Any, ...]:
    return (str(array.store), array.path, array.shape, array.chunks, str(array.dtype))


def _worth_asking(array: Any) -> bool:
    """Say whether an array is compressed, in a store that knows sizes without reading."""
    from zarr.abc.store import Store

    plain = not array.compressors and not array.filters and array.dtype.kind != "O"
    store = array.store
    asks = type(store).getsize is not Store.getsize and not is_reference(getattr(store, "fs", None))
    return not plain and asks and 0 not in array.shape


async def _ask(arrays: dict[tuple[Any, ...], Any]) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(key: tuple[Any, ...], array: Any) -> None:
        sizes = await asyncio.gather(*(_size(array, at, slots) for at in _spread(array)))
        answers = [answer for answer in sizes if answer is not None]
        stored = sum(size for size, _ in answers)
        if stored:
            with _lock:
                _known[key] = stored / sum(elements for _, elements in answers)
                while len(_known) > _KEPT:
                    _known.popitem(last=False)

    await asyncio.gather(*(one(key, array) for key, array in arrays.items()))


def _spread(array: Any) -> Sequence[tuple[int, ...]]:
    """Choose chunks, or shards, that lie apart."""
    units = array.shards or array.chunks
    grid = [-(-size // unit) for size, unit in zip(array.shape, units, strict=True)]
    total = math.prod(grid)
    places = {total * (2 * i + 1) // (2 * CHUNKS) for i in range(CHUNKS)}
    return [_unravel(place, grid) for place in sorted(places)]


def _unravel(place: int, grid: Sequence[int]) -> tuple[int, ...]:
    index = []
    for extent in reversed(grid):
        place, at = divmod(place, extent)
        index.append(at)
    return tuple(reversed(index))


async def _size(
    array: Any, at: tuple[int, ...], slots: asyncio.Semaphore
) -> tuple[int, int] | None:
    """Ask for the size of one chunk, and count the elements in it."""
    units = array.shards or array.chunks
    elements = math.prod(
        min(unit, size - unit * i) for i, unit, size in zip(at, units, array.shape, strict=True)
    )
    prefix = f"{array.path}/" if array.path else ""
    async with slots:
        try:
            stored = await _asked(array.store, prefix + array.metadata.encode_chunk_key(at))
        except FileNotFoundError:
            return 0, elements  # It was never written: it holds the fill value alone.
        except Exception:  # noqa: BLE001 - every store has errors of its own; it stays unknown
            return None
    return None if stored is None else (stored, elements)


async def _asked(store: Any, key: str) -> int | None:
    if not hasattr(store, "fs"):
        return int(await store.getsize(key))
    # The store itself would read the whole chunk where a web server does not tell its size.
    told = await store.fs._info(f"{store.path}/{key}" if store.path else key)
    return told.get("size")  # type: ignore[no-any-return]

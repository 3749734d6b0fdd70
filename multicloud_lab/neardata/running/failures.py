"""What a run that failed says: which place, the task's own error, and what was computed anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from distributed import futures_of
from distributed.client import ClosedClientError, FutureCancelledError

from multicloud_lab.errors import ClusterFailedError
from multicloud_lab.neardata.running.stations import Failed

_GONE = frozenset({"scheduler-connection-lost", "scheduler-restart"})


@dataclass(frozen=True, slots=True)
class PartialResults:
    """What a run that failed gave nevertheless.

    Parameters
    ----------
    results : mapping of int to object
        Of the collections that did not fail, by their number, from 0.
    failed : mapping of int to str
        Where each of the others failed.
    """

    results: Mapping[int, Any] = field(default_factory=dict)
    failed: Mapping[int, str] = field(default_factory=dict)


def is_lost(failed: Failed) -> bool:
    """Say whether a cluster is there, but has lost what a result was to be made of."""
    error = failed.error
    return isinstance(error, FutureCancelledError) and error.reason not in _GONE


def check_held(collections: Sequence[Any], lost: BaseException) -> None:
    """Refuse to try again where what was persisted is gone, which no attempt can make again.

    Raises
    ------
    ClusterFailedError
    """
    held = futures_of(list(collections))  # type: ignore[no-untyped-call]
    if any(future.status in {"cancelled", "lost"} for future in held):
        raise ClusterFailedError(
            "What was persisted on a cluster is gone: somebody has cancelled it, or restarted the "
            "cluster. Open the data and persist again what is to stay there."
        ) from lost


def failure(
    failures: Mapping[int, Sequence[Failed]], results: Mapping[int, Any], places: Sequence[str]
) -> BaseException:
    """Give the error to raise: the first, with notes on the others and on the results.

    Parameters
    ----------
    failures : mapping of int to sequence of Failed
        By the number of the collection.
    results : mapping of int to object
        Of the collections that did not fail.
    places : sequence of str
        In words.
    """
    distinct = {id(each.error): each for mine in failures.values() for each in mine}
    first, *others = distinct.values()
    error = _worded(first, places[first.place])
    if first.key is not None or isinstance(error, ClusterFailedError):
        error.add_note(f"This was raised in {places[first.place]}.")
    else:
        error.add_note(f"This was raised here, as tasks were sent to {places[first.place]}.")
    for other in others:
        error.add_note(
            f"At the same time in {places[other.place]}: "
            f"{type(other.error).__name__}: {other.error}"
        )
    if results:
        error.add_note(
            f"{len(results)} of {len(results) + len(failures)} objects were computed all the "
            "same: see `partial_results` of this error."
        )
    failed = {number: places[mine[0].place] for number, mine in failures.items()}
    with suppress(AttributeError):  # An error may have slots.
        error.partial_results = PartialResults(results, failed)  # type: ignore[attr-defined]
    return error


def _worded(failed: Failed, where: str) -> BaseException:
    """Say of a cluster that is gone which it was; what a task raised stays as it was."""
    unreachable = isinstance(failed.error, OSError | ClosedClientError) and failed.key is None
    if not unreachable and not isinstance(failed.error, FutureCancelledError):
        return failed.error
    error = ClusterFailedError(
        f"The cluster in {where} is gone, and what it held with it; compute again to start another."
    )
    error.__cause__ = failed.error
    return error

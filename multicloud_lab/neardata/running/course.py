"""What a run is told: the split graph, the results that are wanted, how much at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dask.typing import Key

from multicloud_lab.neardata.running.moved import Moved
from multicloud_lab.neardata.running.progress import Progress
from multicloud_lab.neardata.running.splitting import Goal, Split
from multicloud_lab.neardata.running.stations import Failed

WINDOW = 256 * 2**20
"""Bytes that may be between two places at once, from the order to make them until they are used."""


class LostError(Exception):
    """A cluster has lost what it was given or has made, and is to be given it again."""


@dataclass(slots=True)
class Measured:
    """What a run has measured so far; several attempts add to the same.

    Parameters
    ----------
    moved : dict of (int, int) to Moved
    began, ended : dict of int to float
        By place, as ``time.monotonic`` tells it.
    """

    moved: defaultdict[tuple[int, int], Moved] = field(default_factory=lambda: defaultdict(Moved))
    began: dict[int, float] = field(default_factory=dict)
    ended: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Course:
    """What is to be run, and how.

    Parameters
    ----------
    split : Split
    wholes : mapping of Goal to Any
        Collections that are computed by dask's own ways, each under a goal of its own.
    wants : mapping of int to sequence
        The goals that each collection consists of.
    name : callable
        The key under which a result is known where it was moved to.
    stays : frozenset of Goal
        Wanted results that stay where they are made.
    given : mapping
        Results that are at home already.
    size_of : callable, optional
        The expected bytes of a key's result; NaN if not known.
    window : float
        Bytes that may be between two places at once.
    lost : callable
        Says of a failure whether what a cluster lost is to be made again.
    tick : callable
        Called a few times a second, in the thread that runs this.
    progress : Progress, optional
        Told what is done where.
    """

    split: Split
    wholes: Mapping[Goal, Any]
    wants: Mapping[int, Sequence[Goal]]
    name: Callable[[Key], Key]
    stays: frozenset[Goal] = frozenset()
    given: Mapping[Key, Any] = field(default_factory=dict)
    size_of: Callable[[Key], float] | None = None
    window: float = WINDOW
    lost: Callable[[Failed], bool] = lambda failed: False
    tick: Callable[[], None] = lambda: None
    progress: Progress | None = None

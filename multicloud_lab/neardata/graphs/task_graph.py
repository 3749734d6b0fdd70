"""A graph of tasks as arrays of integers: what is planned on, at any size."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Source:
    """What tasks read or write: a store or file, or a result that a cluster holds.

    Parameters
    ----------
    urls : tuple of str
        As ``gs://bucket/store``, sorted; several only where one task reads several.
    cluster : str
        Address of the scheduler that holds a persisted result; empty if none does.
    unknown : str
        What reads from somewhere that cannot be told, in words; empty if it can. Nothing is
        guessed: what reads it runs at home.
    here : bool
        Whether it is in this process, as an array that results are stored in: whatever has to do
        with it runs here.
    portable : bool
        Whether it may be read from another region as well: its options say with which rights.
    """

    urls: tuple[str, ...] = ()
    cluster: str = ""
    unknown: str = ""
    here: bool = False
    portable: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class LayerTasks:
    """A run of task numbers that belong to one layer.

    Parameters
    ----------
    name : str
        Of the layer.
    first : int
        The first number.
    numblocks : tuple of int, optional
        Of a layer that is not materialised: its keys are ``(name, *index)``, in C order.
    keys : sequence, optional
        Of one that is: its keys, in order.
    """

    name: str
    first: int
    numblocks: tuple[int, ...] | None = None
    keys: Sequence[Hashable] | None = None
    _numbers: dict[Hashable, int] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        if self.keys is not None:
            return len(self.keys)
        return int(np.prod(self.numblocks or (), dtype=np.int64))

    def key(self, task: int) -> Hashable:
        """Give the key of a task."""
        if self.keys is not None:
            return self.keys[task - self.first]
        index = np.unravel_index(task - self.first, self.numblocks or ())
        return (self.name, *map(int, index))

    def number(self, key: Hashable) -> int:
        """Give the number of a key of this layer.

        Raises
        ------
        KeyError
        """
        if self.keys is not None:
            if not self._numbers:
                self._numbers.update((each, at) for at, each in enumerate(self.keys, self.first))
            return self._numbers[key]
        assert isinstance(key, tuple)  # noqa: S101 - it is a key of an array
        try:
            return self.first + int(np.ravel_multi_index(key[1:], self.numblocks or ()))
        except ValueError:
            raise KeyError(key) from None


@dataclass(frozen=True, slots=True, eq=False)
class TaskGraph:
    """Tasks, what they take, what they read and how large their results are.

    Every array has an element a task unless it says otherwise; tasks have numbers from 0 on.

    Parameters
    ----------
    starts : array of int64, one longer
        The inputs of task ``i`` are ``inputs[starts[i]:starts[i + 1]]``.
    inputs : array of int32
        Numbers of tasks, each at most once for a task.
    result_bytes : array of float
        Of each task's result in memory, as it would travel; NaN where it cannot be told.
    read_bytes : array of float
        Stored bytes that the task itself reads; 0 if it reads nothing, NaN if not known.
    source : array of int32
        Place in ``sources`` of what the task itself reads or holds; -1 if nothing.
    sources : tuple of Source
    wanted : tuple of array of int32
        For each object, the tasks whose results it consists of.
    layers : tuple of LayerTasks
        By their first number, without gaps.
    """

    starts: NDArray[np.int64]
    inputs: Ints
    result_bytes: Floats
    read_bytes: Floats
    source: Ints
    sources: tuple[Source, ...]
    wanted: tuple[Ints, ...]
    layers: tuple[LayerTasks, ...]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def key(self, task: int) -> Hashable:
        """Give the dask key of a task."""
        at = bisect_right(self.layers, task, key=lambda layer: layer.first) - 1
        return self.layers[at].key(task)

    def layer_of(self, task: int) -> LayerTasks:
        """Give the layer of a task."""
        return self.layers[bisect_right(self.layers, task, key=lambda layer: layer.first) - 1]

    def check(self) -> None:
        """Assert that the arrays fit each other; for tests."""
        n = len(self)
        for array in (self.result_bytes, self.read_bytes, self.source):
            assert array.shape == (n,)  # noqa: S101
        assert self.starts[0] == 0 and self.starts[-1] == len(self.inputs)  # noqa: S101, PT018
        for before, after in pairwise(self.layers):
            assert before.first + len(before) == after.first  # noqa: S101
        assert not len(self.inputs) or int(self.inputs.max()) < n  # noqa: S101


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of keys, found through the names of their layers.

    Parameters
    ----------
    layers : mapping of str to LayerTasks
    """

    layers: Mapping[str, LayerTasks]
    _others: dict[Hashable, int] = field(default_factory=dict, repr=False, compare=False)

    def number(self, key: Hashable) -> int:
        """Give the number of a key.

        Raises
        ------
        KeyError
        """
        name = key[0] if isinstance(key, tuple) and key else key
        layer = self.layers.get(name) if isinstance(name, str) else None
        if layer is not None:
            return layer.number(key)
        if not self._others:  # A layer may hold keys that do not begin with its name.
            for other in self.layers.values():
                self._others.update(
                    (each, at)
                    for at, each in enumerate(other.keys or (), other.first)
                    if (each[0] if isinstance(each, tuple) and each else each) != other.name
                )
        return self._others[key]

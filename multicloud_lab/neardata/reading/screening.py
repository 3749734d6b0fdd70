"""Tell at a glance whether tasks hold anything that might read, a million arguments a second."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from dask._task_spec import Alias, DataNode, Dict, List, Set, Task, TaskRef, Tuple

from multicloud_lab.neardata.reading.url_words import kind_of
from multicloud_lab.neardata.reading.writing_tasks import writes

_SEQUENCES: tuple[type, ...] = (tuple, list, set, frozenset)
_TASKS: tuple[type, ...] = (Task, List, Tuple, Set, Dict)
_FUNCTIONS: frozenset[type] = frozenset(
    {types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, np.ufunc}
    | {type(np.sum)}
)
_PLAIN: frozenset[type] = frozenset(
    {bytes, int, float, complex, bool, type(None), slice, type, range, type(...)}
    | {types.ModuleType, Alias, TaskRef, types.MethodWrapperType}
)
_IN_KEYS: frozenset[type] = frozenset({str, int})
_COMPOSED = frozenset(
    {"toolz.functoolz.Compose", "cytoolz.functoolz.Compose", "dask.utils.methodcaller"}
)
_ARGUMENTS, _KEYWORDS, _FUNCTION = attrgetter("args"), attrgetter("kwargs"), attrgetter("func")
_HARMLESS: WeakValueDictionary[int, Any] = WeakValueDictionary()
_FEW = 8
"""Tasks that are looked at one by one without asking first whether it is worth it."""
_DEEPEST = 50
"""Nothing in a graph is nearly as deep, unless it holds itself."""


@dataclass(frozen=True, slots=True)
class Held:
    """What was found in some objects, however deep.

    Parameters
    ----------
    data_only : bool
        Whether there is nothing but plain data, keys, tasks and functions; not so of a store, a
        file, or an object of any kind that is not known here.
    addresses : bool
        Whether a word looks like an address.
    functions : collection
        The distinct functions.
    """

    data_only: bool
    addresses: bool
    functions: Collection[Any]

    @property
    def reads_nothing(self) -> bool:
        """Whether it is certain that nothing reads."""
        return self.data_only and not self.addresses and all(map(makes, self.functions))


def held_by(objects: Iterable[Any]) -> Held:
    """Look into objects: tasks of either form, or arguments.

    Returns
    -------
    Held
        Of what was seen until there was something that is not known here.
    """
    functions: dict[int, Any] = {}
    addresses = False
    layer = list(objects)
    for _ in range(_DEEPEST):
        inside: list[Any] = []
        for kind in set(map(type, layer)) - _PLAIN:
            of_kind: list[Any] = [each for each in layer if type(each) is kind]
            if kind in _FUNCTIONS:
                functions.update(zip(map(id, of_kind), of_kind, strict=True))
            elif kind is str:
                addresses = addresses or any("://" in each for each in set(of_kind))
            elif kind in _SEQUENCES:
                _open(of_kind, inside)
            elif kind in _TASKS:
                _open(list(map(_ARGUMENTS, of_kind)), inside)
                if kind is Task:
                    inside.extend(chain.from_iterable(k.values() for k in map(_KEYWORDS, of_kind)))
                    inside.extend({id(each): each for each in map(_FUNCTION, of_kind)}.values())
            elif not _look_into(kind, of_kind, inside):
                return Held(False, addresses, functions.values())
        if not inside:
            return Held(True, addresses, functions.values())
        layer = inside
    return Held(False, addresses, functions.values())


def _open(sequences: list[Any], inside: list[Any]) -> None:
    """List what is in sequences; of keys, which are most of it, only the distinct words."""
    kinds = set(map(type, chain.from_iterable(sequences)))
    if kinds <= _IN_KEYS:
        distinct = set(chain.from_iterable(sequences))
        inside.extend(each for each in distinct if type(each) is str)
    elif not kinds <= _PLAIN:
        inside.extend(chain.from_iterable(sequences))


def _look_into(kind: type, objects: list[Any], inside: list[Any]) -> bool:
    """List what objects of a rarer kind hold; whether they are of a kind that is known."""
    if issubclass(kind, np.dtype | np.generic):
        return True
    if kind is np.ndarray:
        return not any(each.dtype.hasobject for each in objects)
    distinct = {id(each): each for each in objects}.values()
    if kind is dict:
        for each in distinct:
            inside += (*each, *each.values())
    elif kind is DataNode:
        inside += [each.value for each in distinct]
    elif kind is functools.partial:
        for each in distinct:
            inside += (each.func, *each.args, *each.keywords.values())
    elif f"{kind.__module__}.{kind.__qualname__}" in _COMPOSED:
        for each in distinct:
            inside += (each.first, *each.funcs) if hasattr(each, "funcs") else ()
    else:
        return False
    return True


def read_nothing(layer: Any) -> bool:
    """Say whether it is certain that no task of a layer reads; looked at once a layer.

    Parameters
    ----------
    layer : dask Layer
        Whose tasks are written out.
    """
    if _HARMLESS.get(id(layer)) is layer:
        return True
    if not held_by(layer.values()).reads_nothing:
        return False
    with suppress(TypeError):  # A plain dict cannot be remembered.
        _HARMLESS[id(layer)] = layer
    return True


def suspects(tasks: Sequence[Any], is_harmless: Callable[[Held], bool]) -> Iterator[range]:
    """Find the few among many tasks that have to be looked at one by one.

    Parameters
    ----------
    tasks : sequence
    is_harmless : callable
        Says of what some tasks hold whether they need not be looked at.

    Yields
    ------
    range
        Of places.
    """
    stack = [range(len(tasks))]
    while stack:
        places = stack.pop()
        if is_harmless(held_by(tasks[places.start : places.stop])):
            continue
        if len(places) <= _FEW:
            yield places
        else:
            middle = len(places) // 2
            stack += [places[middle:], places[:middle]]


def makes(function: Any) -> bool:
    """Say whether a function makes or works on values, and reads and writes nothing."""
    return kind_of(function) == "makes" and not carries(function) and not writes(function)


def carries(function: Any) -> bool:
    """Say whether a function has variables of its own, or an object that it is a method of."""
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType | type):
        return True
    return bool(getattr(function, "__closure__", None))

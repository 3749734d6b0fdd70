"""Graphs split by place and fused: what each place gets, in which order, and what leaves it."""

from __future__ import annotations

import operator
from typing import Any

import dask.array
import pytest
from dask._task_spec import Alias, GraphNode, Task, TaskRef
from dask.typing import Key

from multicloud_lab.neardata.graphs.lowering import keys_of, tasks_of
from multicloud_lab.neardata.running.fusing import fuse
from multicloud_lab.neardata.running.splitting import Goal, split

da: Any = dask.array


def graph(**takes: str) -> dict[Key, GraphNode]:
    """Write tasks by the keys that each takes."""
    return {
        key: Task(key, print, *(TaskRef(each) for each in taken.split()))
        for key, taken in takes.items()
    }


def at(**places: int) -> Any:
    return lambda key: places[str(key)]


def test_each_place_has_its_tasks_and_knows_what_comes_from_where() -> None:
    tasks = graph(a="", b="", far="b", mixed="a far", top="mixed", unwanted="a")
    parts = split(tasks, ["top"], at(a=1, b=2, far=2, mixed=1, top=1), 3)
    assert [list(part.tasks) for part in parts.parts] == [[], ["a", "mixed", "top"], ["b", "far"]]
    assert parts.parts[1].imports == {"far": 2}
    assert parts.exports == {Goal("far", 2): [1]}
    assert parts.wanted == {"top": Goal("top", 1)}
    order = {task: number for number, task in enumerate(parts.order)}
    assert order[Goal("b", 2)] < order[Goal("far", 2)] < order[Goal("mixed", 1)]


def test_what_reads_nothing_is_wherever_it_is_wanted() -> None:
    tasks = graph(one="", a="one", b="one", top="a b")
    parts = split(tasks, ["top"], at(one=-1, a=1, b=2, top=0), 3)
    assert [sorted(map(str, part.tasks)) for part in parts.parts] == [
        ["top"],
        ["a", "one"],
        ["b", "one"],
    ]
    assert set(parts.exports) == {Goal("a", 1), Goal("b", 2)}


def test_what_is_at_home_already_is_not_made_again() -> None:
    tasks = graph(a="", b="a", top="b")
    parts = split(tasks, ["top"], at(a=1, b=1, top=2), 3, given={"b"})
    assert [list(part.tasks) for part in parts.parts] == [[], [], ["top"]]
    assert parts.exports == {Goal("b", 0): [2]}


def test_a_border_may_be_crossed_there_and_back() -> None:
    tasks = graph(a="", b="a", c="b", d="c")
    parts = split(tasks, ["d"], at(a=1, b=2, c=1, d=2), 3)
    assert list(parts.exports) == [Goal("a", 1), Goal("b", 2), Goal("c", 1)]
    assert parts.apart() == set()
    assert parts.needed([Goal("c", 1)]) == {Goal("a", 1), Goal("b", 2), Goal("c", 1)}


@pytest.mark.parametrize(
    ("takes", "kept", "groups"),
    [
        ({"a": "", "b": "a", "c": "b"}, "c", {"c"}),
        ({"a": "", "b": "a", "c": "b"}, "b c", {"b", "c"}),
        ({"a": "", "gt": "a", "neg": "a", "where": "gt a neg"}, "where", {"where"}),
        ({"a": "", "b": "", "sum": "a b"}, "sum", {"a", "b", "sum"}),
        ({"a": "", "b1": "a", "b2": "a", "sum": "b1 b2"}, "sum", {"a", "b1", "b2", "sum"}),
        ({"a": "", "b": "a moved", "c": "b"}, "c", {"a", "c"}),
    ],
    ids=["chain", "kept", "diamond", "leaves", "branches", "moved"],
)
def test_chains_and_diamonds_are_fused_and_branches_are_not(
    takes: dict[str, str], kept: str, groups: set[str]
) -> None:
    fused = fuse(graph(**takes), set(kept.split()))
    assert set(fused) == groups
    assert all(node.key == key for key, node in fused.items())


def test_fused_tasks_give_what_the_tasks_gave() -> None:
    tasks: dict[Key, GraphNode] = {
        "a": Task("a", int, 3),
        "same": Alias("same", target="a"),
        "double": Task("double", operator.mul, TaskRef("same"), 2),
        "sum": Task("sum", operator.add, TaskRef("double"), TaskRef("far")),
    }
    fused = fuse(tasks, {"sum"})
    assert list(fused) == ["double", "sum"]
    assert not fused["double"].dependencies
    assert fused["sum"]({"double": fused["double"]({}), "far": 10}) == 16


def test_arrays_are_split_whole() -> None:
    x = (da.ones((8, 8), chunks=4) + 1).rechunk((2, 8)).mean(axis=0)
    tasks = tasks_of([x])
    parts = split(tasks.nodes, keys_of(x), lambda key: hash(str(key)) % 3, 3)
    assert sum(len(part.tasks) for part in parts.parts) == len(parts.order)
    for place, part in enumerate(parts.parts):
        for node in part.tasks.values():
            assert all(key in part.tasks or key in part.imports for key in node.dependencies)
        for key, made in part.imports.items():
            assert made != place
            assert place in parts.exports[Goal(key, made)]

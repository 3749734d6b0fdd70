"""Tasks of one place fused where that costs no parallelism: chains, and diamonds within them."""

from __future__ import annotations

from collections.abc import Container, Mapping

from dask._task_spec import GraphNode, Task
from dask.typing import Key


def fuse(tasks: Mapping[Key, GraphNode], kept: Container[Key]) -> dict[Key, GraphNode]:
    """Fuse tasks, each group under the key of the one task whose result leaves it.

    A task joins the group of those that take its result if it is all that the group takes (a
    chain), or if the group takes everything that it takes as well (a diamond, as in
    ``where(x > 0, x, 0)``). Branches that can run at once stay apart.

    Parameters
    ----------
    tasks : mapping of GraphNode
        Each after those that it takes.
    kept : container
        Keys whose results are needed outside.
    """
    consumers: dict[Key, list[Key]] = {}
    for key, node in tasks.items():
        for taken in node.dependencies:
            consumers.setdefault(taken, []).append(key)
    sinks: dict[Key, Key] = {}
    members: dict[Key, list[GraphNode]] = {}
    inputs: dict[Key, set[Key]] = {}
    for key in reversed(list(tasks)):
        node = tasks[key]
        into = {sinks[consumer] for consumer in consumers.get(key, ())}
        if key not in kept and len(into) == 1 and not node.block_fusion:
            (sink,) = into
            takes = inputs[sink]
            of_it = node.dependencies
            chain = len(takes) == 1
            diamond = bool(of_it) and takes.issuperset(of_it)
            if (chain or diamond) and not tasks[sink].block_fusion:
                takes.discard(key)
                takes.update(of_it)
                members[sink].append(node)
                sinks[key] = sink
                continue
        sinks[key] = key
        members[key] = [node]
        inputs[key] = set(node.dependencies)
    return {
        sink: group[0] if len(group) == 1 else Task.fuse(*reversed(group), key=sink)
        for sink, group in reversed(members.items())
    }

"""How a computation is to be run: the keywords of ``dask.compute`` and of a cluster's client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any, Self

import dask
import dask.base
from dask._expr import Expr
from dask.utils import get_default_shuffle_method

from multicloud_lab.errors import InvalidInputError

_FOR_CLUSTER = (
    "workers",
    "allow_other_workers",
    "resources",
    "retries",
    "priority",
    "fifo_timeout",
    "actors",
)
_FOR_HOME = ("num_workers", "pool", "chunksize", "rerun_exceptions_locally")


@dataclass(frozen=True, slots=True)
class Options:
    """The keywords.

    Parameters
    ----------
    traverse : bool
        Whether to look for lazy objects within lists, tuples, sets, dicts and dataclasses.
    optimize_graph : bool
        Whether dask optimises graphs that run in one place; those that are split are only fused.
    scheduler : str or callable, optional
        How this process computes what is placed here, as ``"threads"`` or ``"processes"``.
    retries : int, optional
        How often a task is tried again on its cluster before it has failed.
    priority, fifo_timeout, resources, workers, allow_other_workers, actors : optional
        As for ``distributed.Client.compute``.
    num_workers, pool, chunksize, rerun_exceptions_locally : optional
        As for dask's schedulers in this process.
    """

    traverse: bool = True
    optimize_graph: bool = True
    scheduler: str | Callable[..., Any] | None = None
    retries: int | None = None
    priority: int | None = None
    fifo_timeout: str | float | None = None
    resources: Mapping[str, float] | None = None
    workers: Any = None
    allow_other_workers: bool | None = None
    actors: Any = None
    num_workers: int | None = None
    pool: Any = None
    chunksize: int | None = None
    rerun_exceptions_locally: bool | None = None

    @classmethod
    def read(cls, keywords: Mapping[str, Any]) -> Self:
        """Read keywords.

        Raises
        ------
        TypeError
            One is not known.
        InvalidInputError
            A value is none that a scheduler can use.
        """
        known = [field.name for field in fields(cls)]
        unknown = [name for name in keywords if name not in known]
        if unknown:
            raise TypeError(
                f"compute() got an unexpected keyword argument {unknown[0]!r}; it takes "
                f"{', '.join(known)}."
            )
        options = cls(**keywords)
        # Of a word in its place dask's scheduler (2026.8) says nothing but AssertionError.
        retries: Any = keywords.get("retries")
        if retries is not None and (not isinstance(retries, Integral) or int(retries) < 0):
            raise InvalidInputError(f"retries={retries!r} is no number of tries, 0 or more.")
        priority: Any = keywords.get("priority")
        if priority is not None and not isinstance(priority, Real):
            raise InvalidInputError(f"priority={priority!r} is no number.")
        return options

    @classmethod
    def among(cls, keywords: Mapping[str, Any]) -> dict[str, Any]:
        """Give the keywords that are known; others are for a writer, and schedulers pass over them.

        Parameters
        ----------
        keywords : mapping
            As dask gives them to a scheduler, with those that a caller of ``to_zarr`` or another
            writer gave.
        """
        known = {field.name for field in fields(cls)}
        return {name: value for name, value in keywords.items() if name in known}

    def for_cluster(self) -> dict[str, Any]:
        """Give what a client of a cluster is to be told."""
        return self._said(_FOR_CLUSTER)

    def for_home(self) -> dict[str, Any]:
        """Give what the scheduler in this process is to be told."""
        return self._said(_FOR_HOME)

    def _said(self, names: Iterable[str]) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in names}
        return {name: value for name, value in said.items() if value is not None}

    def local_scheduler(self) -> Callable[..., Any]:
        """Give the function that runs a graph in this process.

        Raises
        ------
        ValueError
            There is no such scheduler.
        """
        chosen = self.scheduler
        if chosen is None:
            configured = dask.config.get("scheduler", None)
            named = isinstance(configured, str) and "distributed" not in configured
            chosen = configured if named else "threads"
        get: Callable[..., Any] = dask.base.get_scheduler(scheduler=chosen)  # type: ignore[no-untyped-call]
        return get

    @contextmanager
    def shuffling(self, collections: Iterable[Any]) -> Iterator[None]:
        """Let dataframes shuffle between workers while they are written as tasks.

        dask would choose the disk, since a client that is not the default does not tell it that
        there are workers.
        """
        frames = any(isinstance(getattr(each, "expr", None), Expr) for each in collections)
        if not frames or get_default_shuffle_method() != "disk":
            yield
            return
        with dask.config.set({"dataframe.shuffle.method": "p2p"}):
            yield

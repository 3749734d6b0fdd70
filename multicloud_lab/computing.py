"""Computing beside the data: lazy objects made ready, run in every region, and accounted for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Self

from dask.base import unpack_collections

from multicloud_lab.background import BackgroundLoop
from multicloud_lab.beside import Beside
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.interface import LabInterface
from multicloud_lab.neardata.dependent_tables import parts_computed_by, settle
from multicloud_lab.neardata.hooking import computing_with
from multicloud_lab.neardata.plans.plan import Plan
from multicloud_lab.neardata.plans.pricing import Prices
from multicloud_lab.neardata.running.execution import persist, run
from multicloud_lab.neardata.running.moved import Run
from multicloud_lab.neardata.running.options import Options
from multicloud_lab.neardata.running.progress import Progress
from multicloud_lab.neardata.trees import as_datasets, as_tree
from multicloud_lab.planned_moves import planned_moves
from multicloud_lab.readying import Limits, Ready, Readying
from multicloud_lab.runs import Ran, Recorder
from multicloud_lab.waiting import StatusLine, kernel


class _Shown:
    """How far a computation is, in a line under the notebook's cell."""

    def __init__(self) -> None:
        # Schedulers count for it: not where nobody looks.
        self.progress = Progress() if kernel() is not None else None
        self._line = StatusLine("")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.clear()

    @property
    def keywords(self) -> dict[str, Any]:
        """What a run is told, to tell this."""
        return {"tick": self.tick, "progress": self.progress}

    def tick(self) -> None:
        """Say it again."""
        if self.progress is not None:
            self._line.say(f"{self.progress}. Interrupt the kernel to cancel it everywhere.")


class Computing:
    """What a lab computes.

    Parameters
    ----------
    service : LabInterface
    loop : BackgroundLoop
        The loop that the service was made on.
    beside : Beside
        Its clusters.
    """

    def __init__(self, service: LabInterface, loop: BackgroundLoop, beside: Beside) -> None:
        self._beside = beside
        self._readying = Readying(service, loop, beside)
        self._recorder = Recorder(service, loop, lambda: Prices(self._readying.quotes))

    def close(self) -> None:
        """Write down what is still to be written down."""
        self._recorder.close()

    def settle(self) -> None:
        """Wait until what has been computed is in the ledger."""
        self._recorder.settle()

    def plan(self, objects: Sequence[Any], near: Any, limits: Limits) -> Plan:
        """Plan a computation; see :meth:`Lab.plan`."""
        collections, _ = unpack_collections(  # type: ignore[no-untyped-call]
            *map(as_datasets, objects)
        )
        if not collections:
            raise InvalidInputError("There is nothing to plan: none of these objects is lazy.")
        with parts_computed_by(_refuse):
            plan = self._readying.plan(collections, near, limits)
        self._beside.planned(planned_moves(plan))
        return plan

    def compute(
        self, objects: Sequence[Any], near: Any, limits: Limits, keywords: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        """Compute objects; see :meth:`Lab.compute`."""

        def work(collections: Sequence[Any], options: Options) -> list[Any]:
            began = time.time()
            ready = self._ready(collections, near, limits)
            with _Shown() as shown:
                ran = run(
                    collections,
                    **_of(ready),
                    **shown.keywords,
                    options=options,
                    broken=self._broken(ready, began),
                )
            self._recorder.record(Ran(ready.plan, ran, ready.counts, began))
            return ran.results

        return _unpacked(objects, keywords, work)

    def persist(
        self, objects: Sequence[Any], near: Any, limits: Limits, keywords: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        """Compute objects and leave the results where they are; see :meth:`Lab.persist`."""

        def work(collections: Sequence[Any], options: Options) -> list[Any]:
            began = time.time()
            ready = self._ready(collections, near, limits, stay=True)
            with _Shown() as shown:
                ran = persist(
                    collections,
                    **_of(ready),
                    **shown.keywords,
                    options=options,
                    broken=self._broken(ready, began),
                )
            self._recorder.record_persisted(Ran(ready.plan, ran, ready.counts, began))
            return ran.results

        return _unpacked(objects, keywords, work)

    def _ready(
        self, collections: Sequence[Any], near: Any, limits: Limits, *, stay: bool = False
    ) -> Ready:
        """Make ready; what has to be known of tables for it is computed near the data as well."""
        settle(collections, lambda parts: self.compute(parts, near, limits, {}))
        return self._readying.ready(collections, near, limits, stay=stay)

    def _broken(self, ready: Ready, began: float) -> Callable[[Run], None]:
        """Account for what is read and moved although there will be no result."""
        return lambda ran: self._recorder.record(
            Ran(ready.plan, ran, ready.counts, began, broken=True)
        )

    def near_data(self, near: Any, limits: Limits) -> AbstractContextManager[None]:
        """Have plain dask and xarray compute near the data; see :meth:`Lab.near_data`."""

        def computed(collections: Sequence[Any], **keywords: Any) -> Sequence[Any]:
            return self.compute(collections, near, limits, Options.among(keywords))

        def persisted(collections: Sequence[Any], **keywords: Any) -> Sequence[Any]:
            return self.persist(collections, near, limits, Options.among(keywords))

        return computing_with(computed, persisted)


def _refuse(_: Sequence[Any]) -> Sequence[Any]:
    raise InvalidInputError(
        "Which tasks there are depends on the data, as of set_index, sort_values, or "
        "repartition(partition_size=…): dask computes a part to find out, and a plan computes "
        "nothing. Say divisions=…, plan what comes before it, or compute: that runs near the data "
        "as well."
    )


def _unpacked(
    objects: Sequence[Any],
    keywords: Mapping[str, Any],
    work: Callable[[Sequence[Any], Options], list[Any]],
) -> tuple[Any, ...]:
    """Do something with the lazy objects within some, and give all of them back with its results.

    Raises
    ------
    TypeError
        A keyword is not known.
    """
    options = Options.read(keywords)
    collections, repack = unpack_collections(  # type: ignore[no-untyped-call]
        *map(as_datasets, objects), traverse=options.traverse
    )
    if not collections:
        return tuple(objects)
    return tuple(map(as_tree, objects, repack(work(collections, options))))


def _of(ready: Ready) -> dict[str, Any]:
    """Say to a run what is ready."""
    return {
        "places": ready.places,
        "whole": ready.whole,
        "place_of": ready.place_of,
        "size_of": ready.size_of,
    }

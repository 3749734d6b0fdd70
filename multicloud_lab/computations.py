"""What a lab computes: plans, results beside the data, and the account of both."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from multicloud_lab import records as r
from multicloud_lab import tables
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.interface import LabInterface

if TYPE_CHECKING:
    import pandas as pd

    from multicloud_lab.computing import Computing
    from multicloud_lab.neardata.plans.budget import Policy
    from multicloud_lab.neardata.plans.plan import Plan


class Computations:
    """The computations of a lab; see :class:`multicloud_lab.lab.Lab`."""

    _service: LabInterface
    _loop: BackgroundLoop
    _computing: Computing

    def plan(self, /, *objects: Any, near: Any = None, unknown_bytes: float | None = None) -> Plan:
        """Say what :meth:`compute` would run where, what would move and what that costs.

        Nothing is computed and nothing is started.

        Parameters
        ----------
        *objects : object
            Lazy objects, also within lists, tuples and dicts.
        near : str, or xarray or dask object, optional
            Where to compute all of them, whatever they read; as for :meth:`client`.
        unknown_bytes : float, optional
            What to assume of a task's result whose size cannot be told, as of a function that
            dask knows nothing of. Without it, such results never move between regions.

        Returns
        -------
        Plan
            Shown by a notebook as a picture; ``print`` shows it as text.

        Raises
        ------
        MixedRegionsError
            Regions are joined only through results of unknown size, and ``unknown_bytes`` is not
            given.
        InvalidInputError
            Which tasks there are depends on the data, as of a table that is sorted.
        """
        from multicloud_lab.readying import Limits

        return self._computing.plan(objects, near, Limits(unknown_bytes=unknown_bytes))

    def compute(
        self,
        /,
        *objects: Any,
        near: Any = None,
        egress_budget_usd: float | None = None,
        policy: Policy = "global",
        unknown_bytes: float | None = None,
        **keywords: Any,
    ) -> tuple[Any, ...]:
        """Compute lazy objects where their data are, all at once; like ``dask.compute``.

        An object that reads in one region is computed there. One that reads in several is cut
        where the least has to move; values between two regions go through this process. What
        reads nothing, or files of this machine, or what nobody can locate, is computed here.
        A path that a function of your own opens or writes is one of the machine that runs it.

        Parameters
        ----------
        *objects : object
            Lazy objects, also within lists, tuples and dicts, and trees of datasets; anything else
            is given back.
        near : str, or xarray or dask object, optional
            Where to compute all of them, whatever they read; as for :meth:`client`.
        egress_budget_usd : float, optional
            The most that what leaves its region may cost, at the high end of its price; the
            lab's own budget by default, ``float("inf")`` for no limit.
        policy : {"global", "continental", "none"}
            How far data may go whatever it costs: anywhere; within their continent; or nowhere,
            so that only results come here.
        unknown_bytes : float, optional
            As for :meth:`plan`.
        **keywords
            As for ``dask.compute`` and ``distributed.Client.compute``: ``traverse``,
            ``optimize_graph``, ``retries``, ``priority``, ``resources``, ``workers``,
            ``num_workers``, …

        Returns
        -------
        tuple
            The results, in order; the same as ``dask.compute`` gives.

        Raises
        ------
        OverBudgetError
            Before anything has moved; the plan is in its attribute ``plan``.
        MixedRegionsError
            As for :meth:`plan`.
        Exception
            What a task raised, as it was, with a note that names the region, and the results of
            the other objects in its attribute ``partial_results``.
        """
        from multicloud_lab.readying import Limits

        limits = Limits(egress_budget_usd, policy, unknown_bytes)
        return self._computing.compute(objects, near, limits, keywords)

    def persist(
        self,
        /,
        *objects: Any,
        near: Any = None,
        egress_budget_usd: float | None = None,
        policy: Policy = "global",
        unknown_bytes: float | None = None,
        **keywords: Any,
    ) -> tuple[Any, ...]:
        """Compute lazy objects where their data are, and leave the results there.

        What is made of the results later by :meth:`compute`, or in a :meth:`near_data` block, runs
        where they are: each is pinned to its own cluster. They are gone with it.

        Parameters
        ----------
        *objects, near, egress_budget_usd, policy, unknown_bytes, **keywords
            As for :meth:`compute`.

        Returns
        -------
        tuple
            The same objects, lazy still, over results that are being computed or there.
        """
        from multicloud_lab.readying import Limits

        limits = Limits(egress_budget_usd, policy, unknown_bytes)
        return self._computing.persist(objects, near, limits, keywords)

    def near_data(
        self,
        *,
        near: Any = None,
        egress_budget_usd: float | None = None,
        policy: Policy = "global",
        unknown_bytes: float | None = None,
    ) -> AbstractContextManager[None]:
        """Have plain ``.compute()``, ``.load()``, ``.plot()``, … run near the data.

        In a ``with`` block, and in its thread alone, whatever xarray or dask computes goes the way
        of :meth:`compute`; ``.persist()`` that of :meth:`persist`. A scheduler that is named, or a
        client that is made current within the block, comes first.

        Parameters
        ----------
        near, egress_budget_usd, policy, unknown_bytes
            As for :meth:`compute`.
        """
        from multicloud_lab.readying import Limits

        limits = Limits(egress_budget_usd, policy, unknown_bytes)
        return self._computing.near_data(near, limits)

    def ledger(
        self,
        *,
        by: r.LedgerBy | None = None,
        notebook: str | None = None,
        dataset: str | None = None,
    ) -> pd.DataFrame:
        """Say what was read where, what moved and what it cost; measured, not estimated.

        Parameters
        ----------
        by : {"day", "notebook", "dataset", "regions", "total"}, optional
            Add up by this; by default every row is listed, the newest first.
        notebook, dataset : str, optional
            Only what this notebook did, or what was done with this dataset's id or URL.

        Returns
        -------
        pandas.DataFrame
            For each computation a row a store that was read and a row a border that results
            crossed (``here`` is home, outside every cloud), with bytes as estimated and as
            measured, seconds, and prices in USD. What a person would want to hear of it is in
            ``attrs["summary"]``.
        """
        self._computing.settle()
        query = r.made(r.LedgerSummaryQuery, by=by or "total", notebook=notebook, dataset=dataset)
        summed = self._loop.run(self._service.ledger_summary(query))
        if by is not None:
            return tables.ledger_summary(summed)
        rows = self._loop.run(
            self._service.ledger(r.LedgerQuery(notebook=notebook, dataset=dataset, limit=10_000))
        )
        return tables.ledger(rows.items, summed)

"""Ready cells for datasets: which analyses fit, what they ask, and the cells themselves."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from multicloud_lab import records as r
from multicloud_lab.analyses import CellSource, Contents, choose, fitting, form, make_cells
from multicloud_lab.config import GatewayConfig
from multicloud_lab.errors import MulticloudLabError

REMEMBERED = 600.0
"""Seconds that a dataset's structure is good for: a form and its cells are made of the same."""
PATIENCE = 20.0
"""Seconds that a form waits for the structures; it is then one without choices."""
SHORT_PATIENCE = 5.0
"""Seconds that a form waits for the period that a dataset covers, once its structure is known."""
_MOST = 100

logger = logging.getLogger(__name__)

Period = tuple[str, str] | None
Look = tuple[r.Structure | None, Period]
UNSEEN: Look = (None, None)


class ReadyCells:
    """Writes ready cells.

    Parameters
    ----------
    opening, structure : callable
        Of a dataset, as the lab's own methods give them.
    gateway : callable
        Gives the gateway of a name, else the one that is near a dataset; ``None``: none is.
    covered : callable
        Gives the first and the last day that a dataset in Zarr has; ``None``: not known.
    """

    def __init__(
        self,
        opening: Callable[[str], Awaitable[r.Opening]],
        structure: Callable[[str], Awaitable[r.Structure]],
        gateway: Callable[[r.Dataset, str | None], GatewayConfig | None],
        covered: Callable[[str], Awaitable[Period]],
    ) -> None:
        self._opening = opening
        self._structure = structure
        self._gateway = gateway
        self._covered = covered
        self._known: dict[str, tuple[float, Look]] = {}

    def fitting(self, datasets: Sequence[r.Dataset]) -> list[r.Analysis]:
        """List the analyses that fit some datasets together, the best first."""
        return fitting(datasets)

    async def form(self, analysis: str, datasets: Sequence[r.Dataset]) -> r.AnalysisForm:
        """Say what an analysis asks about some datasets, with sensible answers."""
        template = choose(analysis, datasets)
        looks, problem = await self._looks(datasets) if template.asks else ([], "")
        contents = [
            Contents(dataset, *look)
            for dataset, look in zip(datasets, looks or [UNSEEN] * len(datasets), strict=True)
        ]
        return form(template, contents, problem)

    async def cells(self, body: r.CellsRequest) -> r.Cells:
        """Write ready cells."""
        openings = [await self._opening(dataset_id) for dataset_id in body.datasets]
        datasets = [opening.dataset for opening in openings]
        template = choose(body.analysis, datasets)
        looks = [UNSEEN] * len(datasets)
        if template.asks:
            looks, _ = await self._looks(datasets)
        sources = [
            self._source(opening, look, body.gateways.get(opening.dataset.id))
            for opening, look in zip(openings, looks, strict=True)
        ]
        return await asyncio.to_thread(
            make_cells, template.name, sources, body.style, body.parameters
        )

    def _source(self, opening: r.Opening, look: Look, wanted: str | None) -> CellSource:
        structure, period = look
        gateway = self._gateway(opening.dataset, wanted)
        return CellSource(
            dataset=opening.dataset,
            opening=opening,
            gateway=gateway,
            minimum=gateway.minimum if gateway else None,
            maximum=gateway.maximum if gateway else None,
            structure=structure,
            covered=period,
            chosen=wanted is not None,
        )

    async def _looks(self, datasets: Sequence[r.Dataset]) -> tuple[list[Look], str]:
        """Look at what datasets hold, all at once; say why that of one is not known."""
        answers = await asyncio.gather(*(self._look(dataset) for dataset in datasets))
        problems = [answer for answer in answers if isinstance(answer, str)]
        found = [UNSEEN if isinstance(answer, str) else answer for answer in answers]
        return found, " ".join(problems)

    async def _look(self, dataset: r.Dataset) -> Look | str:
        key = f"{dataset.id}\n{dataset.url}"
        at, known = self._known.get(key, (0.0, None))
        if known is not None and time.monotonic() - at < REMEMBERED:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                structure = await self._structure(dataset.id)
        except TimeoutError:
            return f"The metadata of {dataset.name} could not be read in {PATIENCE:.0f} s."
        except MulticloudLabError as error:
            return str(error)
        found = structure, await self._period(dataset.id, structure)
        while len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[key] = (time.monotonic(), found)
        return found

    async def _period(self, dataset: str, structure: r.Structure) -> Period:
        """Look up which days a dataset has, where that takes little; it is no error if not."""
        if not structure.format.startswith("zarr"):
            return None
        try:
            async with asyncio.timeout(SHORT_PATIENCE):
                return await self._covered(dataset)
        # Stores, and what is in them, have errors of their own; the form asks all the same.
        except Exception as error:  # noqa: BLE001
            logger.info("Which period %s has is not known: %s", dataset, error)
            return None

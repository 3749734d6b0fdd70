"""Ready cells for datasets: which analyses fit, what they ask, and the cells themselves."""

from __future__ import annotations

import asyncio
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
_MOST = 100


class ReadyCells:
    """Writes ready cells.

    Parameters
    ----------
    opening, structure : callable
        Of a dataset, as the lab's own methods give them.
    gateway : callable
        Gives the gateway of a name, else the one that is near a dataset; ``None``: none is.
    """

    def __init__(
        self,
        opening: Callable[[str], Awaitable[r.Opening]],
        structure: Callable[[str], Awaitable[r.Structure]],
        gateway: Callable[[r.Dataset, str | None], GatewayConfig | None],
    ) -> None:
        self._opening = opening
        self._structure = structure
        self._gateway = gateway
        self._known: dict[str, tuple[float, r.Structure]] = {}

    def fitting(self, datasets: Sequence[r.Dataset]) -> list[r.Analysis]:
        """List the analyses that fit some datasets together, the best first."""
        return fitting(datasets)

    async def form(self, analysis: str, datasets: Sequence[r.Dataset]) -> r.AnalysisForm:
        """Say what an analysis asks about some datasets, with sensible answers."""
        template = choose(analysis, datasets)
        structures, problem = await self._structures(datasets) if template.asks else ([], "")
        contents = [
            Contents(dataset, structure)
            for dataset, structure in zip(
                datasets, structures or [None] * len(datasets), strict=True
            )
        ]
        return form(template, contents, problem)

    async def cells(self, body: r.CellsRequest) -> r.Cells:
        """Write ready cells."""
        openings = [await self._opening(dataset_id) for dataset_id in body.datasets]
        datasets = [opening.dataset for opening in openings]
        template = choose(body.analysis, datasets)
        structures: Sequence[r.Structure | None] = [None] * len(datasets)
        if template.asks:
            structures, _ = await self._structures(datasets)
        sources = [
            self._source(opening, structure, body.gateways.get(opening.dataset.id))
            for opening, structure in zip(openings, structures, strict=True)
        ]
        return await asyncio.to_thread(
            make_cells, template.name, sources, body.style, body.parameters
        )

    def _source(
        self, opening: r.Opening, structure: r.Structure | None, wanted: str | None
    ) -> CellSource:
        gateway = self._gateway(opening.dataset, wanted)
        return CellSource(
            dataset=opening.dataset,
            opening=opening,
            gateway=gateway,
            minimum=gateway.minimum if gateway else None,
            maximum=gateway.maximum if gateway else None,
            structure=structure,
            chosen=wanted is not None,
        )

    async def _structures(
        self, datasets: Sequence[r.Dataset]
    ) -> tuple[list[r.Structure | None], str]:
        """Look at what datasets hold, all at once; say why that of one is not known."""
        answers = await asyncio.gather(*(self._look(dataset) for dataset in datasets))
        problems = [answer for answer in answers if isinstance(answer, str)]
        found = [None if isinstance(answer, str) else answer for answer in answers]
        return found, " ".join(problems)

    async def _look(self, dataset: r.Dataset) -> r.Structure | str:
        key = f"{dataset.id}\n{dataset.url}"
        at, known = self._known.get(key, (0.0, None))
        if known is not None and time.monotonic() - at < REMEMBERED:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._structure(dataset.id)
        except TimeoutError:
            return f"The metadata of {dataset.name} could not be read in {PATIENCE:.0f} s."
        except MulticloudLabError as error:
            return str(error)
        while len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[key] = (time.monotonic(), found)
        return found

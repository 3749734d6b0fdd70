"""Which analyses there are, which fit, and the cells of the one that is wanted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, CellSource
from multicloud_lab.analyses.open import OpenNearData
from multicloud_lab.analyses.precipitation import PrecipitationHistogram
from multicloud_lab.analyses.quoting import identifier
from multicloud_lab.analyses.styles import STYLES
from multicloud_lab.errors import InvalidInputError, NotFoundError
from multicloud_lab.records import Analysis, Cells, CellStyle, Dataset

logger = logging.getLogger(__name__)

ENTRY_POINTS = "multicloud_lab.analyses"
BUILT_IN: tuple[type[AnalysisTemplate], ...] = (PrecipitationHistogram, OpenNearData)

# Names that the templates themselves use.
_TAKEN = frozenset(
    {"mcl", "np", "plt", "intake", "histogram", "getpass", "bins", "hourly", "rate", "total"}
    | {"counts", "hist", "figure", "axes", "catalog", "catalog_options", "storage_options"}
    | {"entry", "path", "found", "client", "cluster", "future", "gateway", "options", "running"}
)


@cache
def templates() -> tuple[AnalysisTemplate, ...]:
    """Make one of each analysis: the built-in ones, then those of other packages."""
    found: dict[str, AnalysisTemplate] = {kind.name: kind() for kind in BUILT_IN}
    for point in entry_points(group=ENTRY_POINTS):
        try:
            made = point.load()()
            if not isinstance(made, AnalysisTemplate):
                raise TypeError("it is no AnalysisTemplate")  # noqa: TRY301 - told as the others
            found.setdefault(made.name, made)
        except Exception as error:  # noqa: BLE001 - another's mistake must not cost our analyses
            logger.warning("The analysis %r (%s) is left out: %s", point.name, point.value, error)
    return tuple(found.values())


def _ranked(datasets: Sequence[Dataset]) -> list[AnalysisTemplate]:
    scored: list[tuple[float, AnalysisTemplate]] = []
    for template in templates():
        try:
            score = template.fits(datasets)
        except Exception as error:  # noqa: BLE001 - as above
            logger.warning("The analysis %r cannot judge datasets: %s", template.name, error)
            continue
        if score is not None:
            scored.append((score, template))
    return [template for _, template in sorted(scored, key=lambda pair: -pair[0])]


def fitting(datasets: Sequence[Dataset]) -> list[Analysis]:
    """List the analyses that fit some datasets together, the best first."""
    return [
        Analysis(name=template.name, title=template.title, description=template.description)
        for template in _ranked(datasets)
    ]


def make_cells(analysis: str | None, openings: Sequence[CellSource], style: CellStyle) -> Cells:
    """Write the cells of an analysis.

    Parameters
    ----------
    analysis : str or None
        Its name; ``None`` takes the best that fits.
    openings : sequence of CellSource
    style : {"lab", "plain"}

    Raises
    ------
    NotFoundError
        There is no analysis of that name.
    InvalidInputError
        It does not fit the datasets.
    UntrustedSourceError
        The plain style would run what nobody has vouched for.
    """
    datasets = [source.dataset for source in openings]
    ranked = _ranked(datasets)
    chosen = next((t for t in ranked if analysis is None or t.name == analysis), None)
    if chosen is None:
        if analysis not in {template.name for template in templates()}:
            known = ", ".join(template.name for template in templates())
            raise NotFoundError(f"There is no analysis {analysis!r}; there are: {known}.")
        ids = ", ".join(dataset.id for dataset in datasets)
        raise InvalidInputError(f"The analysis {analysis!r} does not fit {ids}.")
    written = chosen.cells(_bind(openings), STYLES[style]())
    return Cells(analysis=chosen.name, cells=tuple(written))


def _bind(sources: Sequence[CellSource]) -> list[Bound]:
    """Give each dataset a variable's name, and each gateway one client."""
    taken = set(_TAKEN)
    names: list[str] = []
    for source in sources:
        names.append(identifier(source.dataset.name, taken))
        # A name stands for those that the templates make of it, too.
        taken |= {names[-1] + suffix for suffix in ("", "_client", "_hist", "_future", "_gateway")}
    clients: dict[str, str] = {}
    gateways = {source.gateway.name for source in sources if source.gateway}
    for source, name in zip(sources, names, strict=True):
        if source.gateway is not None:
            alone = "client" if len(gateways) == 1 else f"{name}_client"
            clients.setdefault(source.gateway.name, alone)
    return [
        Bound(source, name, clients[source.gateway.name] if source.gateway else None)
        for source, name in zip(sources, names, strict=True)
    ]

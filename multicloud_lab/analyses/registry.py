"""Which analyses there are, which fit, and the cells of the one that is wanted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points

from multicloud_lab.analyses.anomaly import Anomaly
from multicloud_lab.analyses.base import AnalysisTemplate, Bound, CellSource
from multicloud_lab.analyses.compare import Compare
from multicloud_lab.analyses.contents import Contents
from multicloud_lab.analyses.histogram import Histogram
from multicloud_lab.analyses.map_plot import MapPlot
from multicloud_lab.analyses.open import OpenNearData
from multicloud_lab.analyses.parameters import Answers, answered, check_period
from multicloud_lab.analyses.precipitation import PrecipitationHistogram
from multicloud_lab.analyses.quoting import identifier
from multicloud_lab.analyses.styles import STYLES
from multicloud_lab.analyses.time_mean import TimeMean
from multicloud_lab.errors import InvalidInputError, NotFoundError
from multicloud_lab.records import Analysis, AnalysisForm, Cells, CellStyle, Dataset

logger = logging.getLogger(__name__)

ENTRY_POINTS = "multicloud_lab.analyses"
BUILT_IN: tuple[type[AnalysisTemplate], ...] = (
    PrecipitationHistogram,
    OpenNearData,
    Histogram,
    TimeMean,
    Anomaly,
    MapPlot,
    Compare,
)

# Names that the templates themselves use.
_TAKEN = frozenset(
    {"mcl", "np", "plt", "intake", "histogram", "getpass", "bins", "hourly", "rate", "total"}
    | {"counts", "hist", "figure", "axes", "catalog", "catalog_options", "storage_options"}
    | {"entry", "path", "found", "client", "cluster", "future", "gateway", "options", "running"}
    | {"xr", "dd", "fsspec", "file", "references", "remote_options", "target_options", "vouched"}
    | {"url", "values", "variable", "sample", "low", "high", "mean", "field", "series"}
    | {"step", "seconds"}
    | {"weights", "others", "climatology", "anomaly", "left", "right", "compared", "label"}
    | {"result", "axis", "axes", "hists", "title", "attrs", "dim", "dims", "lambda"}
)
_ENDINGS = ("", "_client", "_hist", "_future", "_mean", "_values", "_low", "_high")


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
        Analysis(
            name=template.name,
            title=template.title,
            description=template.description,
            asks=template.asks,
        )
        for template in _ranked(datasets)
    ]


def choose(analysis: str | None, datasets: Sequence[Dataset]) -> AnalysisTemplate:
    """Find an analysis by its name; ``None`` takes the best that fits.

    Raises
    ------
    NotFoundError
        There is no analysis of that name.
    InvalidInputError
        It does not fit the datasets.
    """
    chosen = next((t for t in _ranked(datasets) if analysis in (None, t.name)), None)
    if chosen is None:
        if analysis not in {template.name for template in templates()}:
            known = ", ".join(template.name for template in templates())
            raise NotFoundError(f"There is no analysis {analysis!r}; there are: {known}.")
        ids = ", ".join(dataset.id for dataset in datasets)
        raise InvalidInputError(f"The analysis {analysis!r} does not fit {ids}.")
    return chosen


def form(template: AnalysisTemplate, contents: Sequence[Contents], problem: str) -> AnalysisForm:
    """Say what an analysis asks about some datasets.

    Parameters
    ----------
    template : AnalysisTemplate
    contents : sequence of Contents
    problem : str
        Why what they hold is not known; empty if it is.
    """
    return AnalysisForm(
        name=template.name,
        title=template.title,
        description=template.description,
        asks=template.asks,
        parameters=tuple(template.parameters(contents)),
        problem=problem,
    )


def make_cells(
    analysis: str | None,
    sources: Sequence[CellSource],
    style: CellStyle,
    given: Answers | None = None,
) -> Cells:
    """Write the cells of an analysis.

    Parameters
    ----------
    analysis : str or None
        Its name; ``None`` takes the best that fits.
    sources : sequence of CellSource
    style : {"lab", "plain"}
    given : mapping, optional
        Values of its parameters; those left out have their defaults.

    Raises
    ------
    NotFoundError
        There is no analysis of that name.
    InvalidInputError
        It does not fit the datasets, or one of the values is none that it takes.
    """
    chosen = choose(analysis, [source.dataset for source in sources])
    contents = [Contents(source.dataset, source.structure) for source in sources]
    answers = answered(chosen.parameters(contents), given or {})
    for source in sources:
        check_period(source.dataset.name, source.covered, answers)
    written = chosen.cells(_bind(sources), STYLES[style](), answers)
    return Cells(analysis=chosen.name, cells=tuple(written))


def _bind(sources: Sequence[CellSource]) -> list[Bound]:
    """Give each dataset a variable's name, and each gateway one client."""
    taken = set(_TAKEN)
    names: list[str] = []
    for source in sources:
        names.append(identifier(source.dataset.name, taken))
        # A name stands for those that the templates make of it, too.
        taken |= {names[-1] + ending for ending in _ENDINGS}
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

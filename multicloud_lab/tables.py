"""Records as tables, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from multicloud_lab import records as r

if TYPE_CHECKING:
    import pandas as pd

_DATASETS = (
    *("id", "title", "description", "region", "evidence", "near", "format", "requester_pays"),
    *("url", "stale", "problem"),
)
_LEDGER = (
    *("at", "notebook", "run", "kind", "dataset", "url", "source", "destination"),
    *("estimated_bytes", "measured_bytes", "seconds", "price_low", "price_high"),
    *("avoided_bytes", "avoided_low", "avoided_high"),
)
_SUMMED = (
    *("key", "runs", "read_bytes", "moved_bytes", "price_low", "price_high"),
    *("avoided_bytes", "avoided_low", "avoided_high", "unpriced"),
)
_VARIABLES = ("dims", "shape", "chunks", "dtype", "bytes", "stored_bytes", "title", "units")


def datasets(rows: Sequence[r.DatasetRow]) -> pd.DataFrame:
    """Give datasets as a table; ``near`` is the gateway that is nearest, if one can be told."""
    import pandas as pd

    def row(dataset: r.DatasetRow) -> dict[str, Any]:
        near = dataset.near
        known = near.gateway if near is not None and near.region is not None else None
        return {
            **{name: getattr(dataset, name) for name in _DATASETS if name != "near"},
            "region": None if dataset.region is None else str(dataset.region),
            "evidence": str(dataset.evidence),
            "near": known,
        }

    return pd.DataFrame([row(dataset) for dataset in rows], columns=list(_DATASETS))


def structure(found: r.Structure) -> pd.DataFrame:
    """Give a dataset's variables as a table, and what is said of the whole in its ``attrs``."""
    import pandas as pd

    table = pd.DataFrame(
        [{name: getattr(variable, name) for name in _VARIABLES} for variable in found.variables],
        columns=list(_VARIABLES),
        index=pd.Index([variable.name for variable in found.variables], name="name"),
    )
    table.attrs.update(found.model_dump(exclude={"variables", "dims"}))
    table.attrs["dims"] = {dimension.name: dimension.size for dimension in found.dims}
    return table


def placements(found: Sequence[r.Placement]) -> pd.DataFrame:
    """Give placements as a table, the nearest first."""
    import pandas as pd

    nan = float("nan")
    rows = [
        {
            "gateway": placement.gateway,
            "region": str(placement.gateway_region),
            "relation": str(placement.relation),
            "low": placement.price.low if placement.price else nan,
            "high": placement.price.high if placement.price else nan,
            "payer": placement.price.payer if placement.price else None,
            "why": placement.why,
        }
        for placement in found
    ]
    columns = ["gateway", "region", "relation", "low", "high", "payer", "why"]
    return pd.DataFrame(rows, columns=columns)


def locations(found: Sequence[r.Location], unknown: Sequence[str]) -> pd.DataFrame:
    """Give locations as a table; of ``unknown`` tasks it cannot be told what they read."""
    import pandas as pd

    rows = [
        (
            location.url,
            None if location.region is None else str(location.region),
            str(location.evidence),
            location.detail,
        )
        for location in found
    ]
    rows += [("", None, "unknown", f"it cannot be told what {task} reads") for task in unknown]
    return pd.DataFrame(rows, columns=["url", "region", "evidence", "detail"])


def ledger(rows: Sequence[r.LedgerRow], summed: Sequence[r.LedgerSummary]) -> pd.DataFrame:
    """Give rows of the ledger as a table, with a sentence on all of them in its ``attrs``."""
    import pandas as pd

    frame = pd.DataFrame([_row(row, _LEDGER) for row in rows], columns=list(_LEDGER))
    frame["at"] = pd.to_datetime(frame["at"], unit="s", utc=True)
    frame.attrs["summary"] = _said(summed)
    return frame


def ledger_summary(summed: Sequence[r.LedgerSummary]) -> pd.DataFrame:
    """Give what the ledger adds up to as a table, by what it was added up by."""
    import pandas as pd

    frame = pd.DataFrame([_row(row, _SUMMED) for row in summed], columns=list(_SUMMED))
    frame.attrs["summary"] = _said(summed)
    return frame.set_index("key")


def _row(record: r.LedgerRow | r.LedgerSummary, names: Sequence[str]) -> dict[str, Any]:
    def said(name: str) -> Any:
        value = getattr(record, name)
        if name in ("source", "destination"):
            return "here" if value is None else str(value)
        return value

    return {name: said(name) for name in names}


def _said(summed: Sequence[r.LedgerSummary]) -> str:
    """Say in a sentence what rows add up to."""
    from dask.utils import format_bytes

    if not summed:
        return "Nothing has been computed yet."
    read, moved, avoided = (
        sum(getattr(row, name) for row in summed)
        for name in ("read_bytes", "moved_bytes", "avoided_bytes")
    )
    cost, low, high = (
        sum(getattr(row, name) for row in summed)
        for name in ("price_high", "avoided_low", "avoided_high")
    )
    said = (
        f"{format_bytes(read)} were read where they are, and {format_bytes(moved)} of results and "
    )
    said += "graphs of tasks moved"
    said += f", at up to ${cost:.2f}." if cost else ", at no cost."
    if avoided:
        said += (
            f" Computed at home, {format_bytes(avoided)} would have moved, for ${low:,.2f} to "
            f"${high:,.2f}."
        )
    return said

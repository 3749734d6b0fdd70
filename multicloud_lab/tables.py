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

"""A table of ratios, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    Parameters
    ----------
    name : str
        What was done.
    ours, peer : sequence of float
        Repeated measurements, taken in turns.
    unit : str
    against : str
        What the peer is.
    """

    name: str
    ours: Sequence[float]
    peer: Sequence[float]
    unit: str
    against: str

    @property
    def ratio(self) -> float:
        """The median of ours over the median of the peer; below 1 is better."""
        return median(self.ours) / median(self.peer)


def _figure(values: Sequence[float], unit: str) -> str:
    spread = f" ({min(values):.2f}-{max(values):.2f})" if len(values) > 1 else ""
    return f"{median(values):.2f}{spread} {unit}"


def _ratio(ratio: float) -> str:
    """Write it; nothing, which a coarse clock may show, and less are no fractions."""
    return f"1/{1 / ratio:,.0f}" if 0 < ratio < 0.01 else f"{ratio:.2f}"


def render(rows: Sequence[Row]) -> str:
    """Write rows as a Markdown table: medians, with the range in brackets."""
    lines = ["| benchmark | here | peer | ratio | against |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {_figure(row.ours, row.unit)} | {_figure(row.peer, row.unit)} "
        f"| {_ratio(row.ratio)} | {row.against} |"
        for row in rows
    ]
    return "\n".join(lines)

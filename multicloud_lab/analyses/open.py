"""The analysis that fits everything: open datasets, and a client near each."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, opened
from multicloud_lab.analyses.parameters import Answers
from multicloud_lab.records import Cell, Dataset


class OpenNearData(AnalysisTemplate):
    """Open datasets lazily and connect to an adaptive cluster beside each."""

    name = "open"
    title = "Open near data"
    description = "Open the dataset lazily and connect to an adaptive cluster in its region."

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Fit whatever can be opened."""
        return 0.0 if datasets else None

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells."""
        return opened(bound, style)

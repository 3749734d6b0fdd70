"""Ready cells: templates that fit datasets, in the styles that they can be written in."""

from __future__ import annotations

from multicloud_lab.analyses.base import AnalysisTemplate, CellSource
from multicloud_lab.analyses.contents import Contents
from multicloud_lab.analyses.registry import choose, fitting, form, make_cells

__all__ = ["AnalysisTemplate", "CellSource", "Contents", "choose", "fitting", "form", "make_cells"]

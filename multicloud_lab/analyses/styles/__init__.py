"""The styles that cells are written in, by name."""

from __future__ import annotations

from multicloud_lab.analyses.base import Style
from multicloud_lab.analyses.styles.lab import LabStyle
from multicloud_lab.analyses.styles.plain import PlainStyle
from multicloud_lab.records import CellStyle

STYLES: dict[CellStyle, type[Style]] = {"lab": LabStyle, "plain": PlainStyle}

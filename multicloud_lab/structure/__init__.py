"""What a dataset holds: dimensions, variables and sizes, from its metadata alone."""

from __future__ import annotations

from multicloud_lab.structure.reading import read_structure

__all__ = ["read_structure"]

"""Regions, what contains what, and the price of a byte between two."""

from __future__ import annotations

from multicloud_lab.regions.region import Evidence, Region, Relation


def parse_region(text: str) -> Region:
    """Read a region."""
    return Region.from_text(text)


__all__ = ["Evidence", "Region", "Relation", "parse_region"]

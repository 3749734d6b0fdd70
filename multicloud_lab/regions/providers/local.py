"""Local: whatever is in no cloud, under any name."""

from __future__ import annotations

import re

from multicloud_lab.regions.provider import Place, Provider, register
from multicloud_lab.regions.rates import Rate


def _unknown(*places: Place | None) -> Rate | None:
    """Give no rate: what a byte out of somebody's own machine costs, nobody publishes."""
    return None


def _any(name: str) -> Place | None:
    """Take every name that a region's form allows."""
    return Place(name, name, kind="local") if re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) else None


register(Provider("local", "Local", (), between=_unknown, internet=_unknown, unlisted=_any))

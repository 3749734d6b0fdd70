"""A configuration that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from multicloud_lab.config.sections import CatalogConfig, GatewayConfig, PriceConfig
from multicloud_lab.records import Problem
from multicloud_lab.regions import Region


@dataclass(frozen=True, slots=True)
class LabConfig:
    """A configuration that was read: what can be used, and what is wrong with the rest."""

    gateways: tuple[GatewayConfig, ...] = ()
    catalogs: tuple[CatalogConfig, ...] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)
    registries: tuple[str, ...] = ()
    storage_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    home: Region | None = None
    prices: tuple[PriceConfig, ...] = ()
    egress_waivers: tuple[str, ...] = ()
    egress_budget_usd: float = 1.0
    probe: bool = True
    problems: tuple[Problem, ...] = ()

    def options_for(self, url: str) -> dict[str, Any]:
        """Give the administrator's fsspec options for a URL: those of its longest prefix."""
        prefixes = [p for p in self.storage_options if under(url, p)]
        return dict(self.storage_options[max(prefixes, key=len)]) if prefixes else {}


def under(url: str, prefix: str) -> bool:
    """Say whether a URL is a prefix or below it, by whole path segments."""
    prefix = prefix.rstrip("/")
    return url == prefix or url.startswith(prefix + "/")

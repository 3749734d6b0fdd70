"""The configuration: one traitlets class, read whole, every mistake named by its key."""

from __future__ import annotations

from multicloud_lab.config.lab import LabConfig, under
from multicloud_lab.config.reading import load_config, read_config
from multicloud_lab.config.sections import (
    AuthConfig,
    CatalogConfig,
    GatewayConfig,
    PriceConfig,
)
from multicloud_lab.config.traits import MulticloudLab

__all__ = [
    "AuthConfig",
    "CatalogConfig",
    "GatewayConfig",
    "LabConfig",
    "MulticloudLab",
    "PriceConfig",
    "load_config",
    "read_config",
    "under",
]

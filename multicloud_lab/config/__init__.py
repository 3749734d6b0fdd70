"""The configuration: one traitlets class, read whole, every mistake named by its key."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multicloud_lab.config.lab import LabConfig as LabConfig
    from multicloud_lab.config.lab import under as under
    from multicloud_lab.config.reading import load_config as load_config
    from multicloud_lab.config.reading import read_config as read_config
    from multicloud_lab.config.sections import AuthConfig as AuthConfig
    from multicloud_lab.config.sections import CatalogConfig as CatalogConfig
    from multicloud_lab.config.sections import GatewayConfig as GatewayConfig
    from multicloud_lab.config.sections import PriceConfig as PriceConfig
    from multicloud_lab.config.traits import MulticloudLab as MulticloudLab

_HOMES = {
    **dict.fromkeys(("LabConfig", "under"), "lab"),
    **dict.fromkeys(("load_config", "read_config"), "reading"),
    **dict.fromkeys(("AuthConfig", "CatalogConfig", "GatewayConfig", "PriceConfig"), "sections"),
    "MulticloudLab": "traits",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: a server's start needs the traits alone."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

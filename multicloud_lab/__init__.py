"""Compute where the bytes are: what a notebook imports, and the two hooks of Jupyter."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multicloud_lab._version import __version__ as __version__
    from multicloud_lab.lab import Lab as Lab
    from multicloud_lab.notebook import change_cluster as change_cluster
    from multicloud_lab.notebook import client as client
    from multicloud_lab.notebook import close as close
    from multicloud_lab.notebook import compute as compute
    from multicloud_lab.notebook import connect as connect
    from multicloud_lab.notebook import datasets as datasets
    from multicloud_lab.notebook import describe as describe
    from multicloud_lab.notebook import detach as detach
    from multicloud_lab.notebook import ledger as ledger
    from multicloud_lab.notebook import locate as locate
    from multicloud_lab.notebook import located as located
    from multicloud_lab.notebook import near_data as near_data
    from multicloud_lab.notebook import open_dataset as open_dataset
    from multicloud_lab.notebook import persist as persist
    from multicloud_lab.notebook import placements as placements
    from multicloud_lab.notebook import plan as plan
    from multicloud_lab.notebook import price as price
    from multicloud_lab.notebook import sign_in as sign_in

_OF_A_NOTEBOOK = """
change_cluster client close compute connect datasets describe detach ledger locate located
near_data open_dataset persist placements plan price sign_in
"""
_HOMES = {
    "__version__": "_version",
    "Lab": "lab",
    **dict.fromkeys(_OF_A_NOTEBOOK.split(), "notebook"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: a server start or a CLI call stays quick."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "multicloud-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from multicloud_lab.server.extension import MulticloudLabExtension

    return [{"module": "multicloud_lab.server.extension", "app": MulticloudLabExtension}]

"""Compute where the bytes are: what a notebook imports, and the two hooks of Jupyter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multicloud_lab._version import __version__ as __version__


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: a server start or a CLI call stays quick."""
    if name == "__version__":
        from multicloud_lab._version import __version__

        return __version__
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "multicloud-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from multicloud_lab.server.extension import MulticloudLabExtension

    return [{"module": "multicloud_lab.server.extension", "app": MulticloudLabExtension}]

"""Where a lab without a Jupyter server keeps what it has read, so that it need not wait again."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

import platformdirs

from multicloud_lab.config import LabConfig

KEEP_DAYS = 90
"""Days after which what no lab has used is removed."""


def cache_dir(config: LabConfig, root: Path | None = None) -> Path | None:
    """Give the directory of the catalogs of a configuration, made if need be.

    Parameters
    ----------
    config : LabConfig
        Labs that read the same catalogs and registries in the same way share a directory.
    root : Path, optional
        The directory of all of them; by default in the user's caches.

    Returns
    -------
    Path or None
        None if nothing can be written there: the lab then works without.
    """
    root = root or platformdirs.user_cache_path("multicloud-lab")
    read = [(catalog.name, catalog.url, str(catalog.region)) for catalog in config.catalogs]
    said = repr((read, config.registries, sorted(map(str, config.storage_options))))
    path = root / hashlib.sha256(said.encode()).hexdigest()[:16]
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (path / "used").touch()
        _forget(root)
    except OSError:
        return None
    return path


def _forget(root: Path) -> None:
    """Remove what nobody has used for long."""
    for mark in root.glob("*/used"):
        if time.time() - mark.stat().st_mtime > KEEP_DAYS * 86_400:
            shutil.rmtree(mark.parent, ignore_errors=True)

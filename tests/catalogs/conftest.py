"""What the catalog tests share: reading with no options, writing YAML, the real catalogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab.catalogs import Entry, read_catalog

SHARED = Path(__file__).parents[3] / "shared" / "data"
LOCAL_CATALOG = "intake.catalog.local.YAMLFileCatalog"

Read = Callable[[Path | str], list[Entry]]


@pytest.fixture
def read() -> Read:
    def read(url: Path | str) -> list[Entry]:
        return read_catalog(str(url), options=lambda url: {}, deadline=60)

    return read


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str = "cat.yaml", /, **sources: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump({"sources": sources}, sort_keys=False))
        return path

    return write


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the real catalogs are not beside this checkout ({SHARED} is absent)")
    return SHARED

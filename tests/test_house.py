"""The house's directions: who may import whom, and that importing the package is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import multicloud_lab

PACKAGE = Path(multicloud_lab.__file__).parent
JUPYTER = ("jupyter", "jupyterlab", "jupyter_server", "jupyter_events", "tornado", "traitlets")

# Each room and the rooms of ours that it may import; imports run downwards only.
GROUND = {"errors"}
RECORDS = GROUND | {"hosts", "names", "packages", "threads", "regions", "records", "config"}
MAY_IMPORT = {
    "errors": set[str](),
    "names": {"threads"},
    "hosts": GROUND | {"names"},
    "packages": set[str](),
    "threads": GROUND,
    "regions": GROUND,
    "records": GROUND | {"regions"},
    "config": GROUND | {"regions", "records"},
    "interface": RECORDS,
    "endpoints": RECORDS,
    "catalogs": RECORDS,
    "locations": RECORDS,
    "gateways": RECORDS,
    "neardata": RECORDS,
    "structure": RECORDS,
    "analyses": RECORDS,
    "placement": RECORDS,
    "address": GROUND | {"endpoints"},
    "background": GROUND,
    "attachments": RECORDS,
    "kernel_plans": RECORDS,
    "planned_moves": RECORDS | {"neardata"},
    "telling": RECORDS | {"background", "interface"},
    "versions": set[str](),
    "waiting": RECORDS | {"interface"},
    "clients": RECORDS | {"interface", "telling", "versions"},
    "beside": RECORDS | {"background", "clients", "interface", "neardata", "telling", "waiting"},
    "runs": RECORDS | {"background", "interface", "neardata", "telling"},
    "readying": RECORDS | {"background", "beside", "clients", "interface", "neardata"},
    "computing": RECORDS
    | {"background", "beside", "interface", "neardata", "planned_moves", "readying", "runs"}
    | {"waiting"},
    "computations": RECORDS
    | {"background", "computing", "interface", "neardata", "readying", "tables"},
    "remote": RECORDS | {"address", "endpoints", "interface"},
    "cache": RECORDS,
    "tables": RECORDS,
    "opened": RECORDS | {"beside", "catalogs", "neardata"},
    "lookups": RECORDS | {"background", "beside", "interface", "neardata", "opened", "tables"},
    "ledger_book": RECORDS,
    "home": RECORDS,
    "library": RECORDS | {"catalogs", "locations"},
    "places": RECORDS | {"library", "placement"},
    "inspection": RECORDS | {"catalogs", "structure"},
    "addressed": RECORDS | {"catalogs"},
    "openings": RECORDS | {"addressed", "catalogs", "inspection", "library", "places"},
    "ready_cells": RECORDS | {"analyses"},
    "service": RECORDS
    | {"interface", "ledger_book", "library", "places", "openings", "gateways"}
    | {"addressed", "attachments", "kernel_plans", "ready_cells"}
    | {"__version__", "home"},
}
# The same within neardata.
IN_NEARDATA = {
    "places": set[str](),
    "trees": set[str](),
    "graphs": {"places"},
    "reading": {"graphs"},
    "sizes": {"graphs", "reading"},
    "cutting": {"places", "graphs"},
    "plans": {"places", "graphs", "reading", "sizes", "cutting"},
    "running": {"places", "graphs"},
    "meters": set[str](),
    "measuring": {"meters"},
    "hooking": set[str](),
    "dependent_tables": {"graphs", "hooking"},
    "through_cluster": set[str](),
    "opened_there": {"through_cluster"},
}
NO_JUPYTER = (
    "regions",
    "catalogs",
    "locations",
    "gateways",
    "neardata",
    "analyses",
    "placement",
    "structure",
    "ledger_book",
    "home",
    "kernel_plans",
    "planned_moves",
)
PUBLIC = {
    "datasets",
    "open_dataset",
    "change_cluster",
    "client",
    "compute",
    "close",
    "connect",
    "locate",
    "located",
    "plan",
    "ledger",
    "persist",
    "sign_in",
    "near_data",
    "describe",
    "detach",
    "placements",
    "price",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the package, with the room that it is in."""
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        if relative.parts[0] not in ("labextension", "_version.py"):
            yield relative.parts[0].removesuffix(".py"), path


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative path"
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_downwards_only(room: str) -> None:
    paths = [path for name, path in modules() if name == room]
    assert paths, f"there is no room {room}"
    for path in paths:
        ours = {name.split(".")[1] for name in imports(path) if name.startswith("multicloud_lab.")}
        assert ours <= MAY_IMPORT[room] | {room}, f"{path} imports {ours - MAY_IMPORT[room]}"


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "neardata").rglob("*.py")), ids=lambda path: path.stem
)
def test_within_neardata_too(path: Path) -> None:
    room = path.relative_to(PACKAGE / "neardata").parts[0].removesuffix(".py")
    within = "multicloud_lab.neardata."
    used = {name.split(".")[2] for name in imports(path) if name.startswith(within)}
    assert used <= IN_NEARDATA.get(room, set()) | {room}, f"{path} imports {used}"


@pytest.mark.parametrize("room", NO_JUPYTER)
def test_the_domain_knows_no_jupyter(room: str) -> None:
    for path in (path for name, path in modules() if name == room):
        foreign = {name.split(".")[0] for name in imports(path)} & set(JUPYTER)
        assert not foreign, f"{path} imports {foreign}"


def test_every_room_says_what_it_is_for_and_is_no_hall() -> None:
    for _, path in modules():
        text = path.read_text()
        first = (ast.get_docstring(ast.parse(text)) or "").splitlines()
        assert first, f"{path} does not say what it is for"
        assert first[0].endswith("."), f"{path}: {first[0]!r} is not a sentence"
        assert len(text.splitlines()) <= 400, f"{path} is more than one room"


def test_no_module_has_the_name_of_a_public_function() -> None:
    assert not {path.stem for path in PACKAGE.glob("*.py")} & PUBLIC
    assert not {path.name for path in PACKAGE.iterdir() if path.is_dir()} & PUBLIC


def test_importing_the_package_is_light() -> None:
    heavy = ("dask", "distributed", "xarray", "intake", "pandas", "jupyter_server", "pydantic")
    code = f"import sys, multicloud_lab; print([m for m in {heavy!r} if m in sys.modules])"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"

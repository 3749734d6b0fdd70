"""Seconds to list the Pangeo catalog and all below it, from a server 50 ms away.

The peer is intake's own recursive walk over the same files, as a person would write it. Both list
the same entries; the intake-esm catalogs among them, which are on other hosts in the real one, are
served from here as well, each with a small table. Where the real catalog is not beside the
checkout, one of its shape is made.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import yaml

from benchmarks.table import Row
from multicloud_lab.catalogs import Entry, read_catalog

REAL = Path(__file__).parents[2] / "shared/data/pangeo-datastore/intake-catalogs"
DELAY = 0.05  # seconds added to every answer
NESTED = "intake.catalog.local.YAMLFileCatalog"
# The real one's children and how many datasets each has, as of its repository in 2021.
SHAPE = {
    "ocean": 14, "ocean/altimetry": 7, "ocean/GFDL_CM2.6": 5, "ocean/CESM_POP": 4,
    "ocean/MEOM-NEMO": 6, "ocean/llc4320": 12, "ocean/channel": 5, "atmosphere": 14,
    "climate": 0, "hydro": 14, "hydro/camels": 7,
}  # fmt: skip
ESM = 6
ROWS = 100  # of an intake-esm table


@contextmanager
def served() -> Iterator[str]:
    """Serve the catalog's files, each answer late, and give the address of the master."""
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        _write(folder)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                time.sleep(DELAY)
                path = folder / self.path.lstrip("/")
                data = path.read_bytes() if path.is_file() else b""
                self.send_response(200 if path.is_file() else 404)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(data)

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, *arguments: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128  # as a server has it; five would refuse what comes at once

        with Server(("127.0.0.1", 0), Handler) as server:
            thread = Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}/master.yaml"
            finally:
                server.shutdown()
                thread.join()


def _write(folder: Path) -> None:
    texts = (
        {path.relative_to(REAL): path.read_text() for path in REAL.rglob("*.yaml")}
        if REAL.is_dir()
        else _made()
    )
    esm = 0
    for name, text in texts.items():
        document = yaml.safe_load(text)
        for entry in document["sources"].values():
            if "esm" in entry["driver"]:
                esm += 1
                # On the same server as the rest: a benchmark contacts nobody else.
                entry["args"] = {"obj": "{{CATALOG_DIR}}/" + f"esm-{esm}.json"}
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(yaml.safe_dump(document))
    for number in range(1, esm + 1):
        _write_esm(folder, f"esm-{number}")


def _made() -> dict[Path, str]:
    """Make texts of the real catalog's shape."""
    files: dict[str, dict[str, Any]] = {"master": {}}
    for path, count in SHAPE.items():
        name = path.rpartition("/")[2]
        parent = path.rpartition("/")[0] or "master"
        folder = "" if parent == "master" else f"{parent}/"
        files[parent][name] = {
            "driver": NESTED,
            "description": f"Catalog of {name}",
            "args": {"path": "{{CATALOG_DIR}}/" + f"{folder}{name}.yaml"},
        }
        files[path] = {
            f"{name}_{i}": {
                "driver": "zarr",
                "description": f"Dataset {i} of {name}, with a description of usual length",
                "metadata": {"url": "https://example.org", "tags": [name, "model"]},
                "args": {
                    "urlpath": f"gs://pangeo-{name.lower()}/{i}",
                    "consolidated": True,
                    "storage_options": {"requester_pays": True},
                },
            }
            for i in range(count)
        }
    files["climate"] = {
        f"esm_{i}": {"driver": "intake_esm.esm_datastore", "args": {}} for i in range(ESM)
    }
    return {
        Path(f"{path}.yaml"): yaml.safe_dump({"sources": sources})
        for path, sources in files.items()
    }


def _write_esm(folder: Path, name: str) -> None:
    document = {
        "esmcat_version": "0.1.0",
        "id": name,
        "description": name,
        "catalog_file": f"{name}.csv",
        "attributes": [{"column_name": "source_id"}, {"column_name": "variable_id"}],
        "assets": {"column_name": "zstore", "format": "zarr"},
        "aggregation_control": {
            "variable_column_name": "variable_id",
            "groupby_attrs": ["source_id"],
            "aggregations": [{"type": "union", "attribute_name": "variable_id"}],
        },
    }
    (folder / f"{name}.json").write_text(json.dumps(document))
    rows = [f"model-{i // 10},var{i},gs://cmip6/{name}/{i}" for i in range(ROWS)]
    (folder / f"{name}.csv").write_text("\n".join(["source_id,variable_id,zstore", *rows, ""]))


def here(url: str) -> list[Entry]:
    """List with this package's reader."""
    return read_catalog(url, options=lambda url: {}, deadline=60)


def by_intake(url: str) -> set[str]:
    """List with intake's own walk, and ask each intake-esm catalog that it finds for its table."""
    import intake

    found: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, entry in intake.open_catalog(url).walk(depth=16).items():
            described = entry.describe()
            if described["container"] == "catalog":
                continue
            if described["args"].get("obj"):
                found.update(f"{name}.{path}" for path in entry().df["zstore"])
            else:
                found.add(name)
    return found


def run(repeats: int = 3) -> list[Row]:
    """Measure both in turns, from the same server, each once beforehand for its imports."""
    ours: list[float] = []
    peer: list[float] = []
    with served() as url:
        for turn in range(repeats + 1):
            start = time.perf_counter()
            entries = here(url)
            middle = time.perf_counter()
            walked = by_intake(url)
            end = time.perf_counter()
            problems = [entry.problem for entry in entries if entry.problem]
            if problems or len(entries) != len(walked):
                raise AssertionError(
                    f"{len(entries)} entries here, {len(walked)} there, problems: {problems[:3]}"
                )
            if turn:
                ours.append(middle - start)
                peer.append(end - middle)
    return [
        Row(
            name=f"list the Pangeo catalog ({len(entries)} datasets), 50 ms a request",
            ours=ours,
            peer=peer,
            unit="s",
            against="intake: open_catalog(url).walk(), and each intake-esm table",
        )
    ]

"""Searching 100,000 datasets: a page with its facet counts, size, memory and warm start-up.

The peer of a search is pandas' ``str.contains`` over the same texts in one column, and the rows of
the same page; it counts no facets and ranks nothing.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import psutil

from benchmarks.table import Row
from multicloud_lab.catalogs.entry import Copy, Entry
from multicloud_lab.catalogs.index import CatalogIndex
from multicloud_lab.records import DatasetQuery, Location
from multicloud_lab.regions import Evidence, all_regions

DATASETS = 100_000
SIZES = (1_000, 10_000, DATASETS)
PAGE = 50
SEARCHES = 30  # of each word, in each repeat
BYTES_A_DATASET = 2000.0  # the limit of the file, and of the memory
START_SECONDS = 0.3  # the limit

WORDS = {"precipitation": 30_000, "humidity": 10_000, "runoff": 1_000, "snowfall": 50, "aerosol": 1}
"""Words, and how many datasets have them."""

_LETTERS = np.array(list("bcdfghjklmnpqrstvwxyz"))


def entries(count: int) -> list[Entry]:
    """Make datasets that are described in about 200 characters, of words as frequent as English."""
    random = np.random.default_rng(2026)
    vocabulary = ["".join(random.choice(_LETTERS, random.integers(3, 10))) for _ in range(8000)]
    weights = 1 / (np.arange(8000) + 10)
    drawn = random.choice(vocabulary, (count, 30), p=weights / weights.sum())
    order = random.permutation(count)
    has = {word: set(order[: max(n * count // DATASETS, 1)]) for word, n in WORDS.items()}
    return [
        Entry(
            path=(f"group{number % 40}", f"{words[0]}-{number:06}"),
            name=f"{words[0]}-{number:06}",
            title=" ".join(words[1:5]),
            description=" ".join([*words[5:], *(w for w in WORDS if number in has[w])]),
            catalog_url=f"https://example.org/group{number % 40}.yaml",
            entry=f"{words[0]}-{number:06}",
            format=("zarr", "netcdf", "parquet")[number % 3],
            tags=tuple(vocabulary[7900 + (number * step) % 60] for step in (1, 7, 11)),
            variables=("tp", "t2m", "u10"),
            driver="zarr",
            copies=(
                Copy(
                    url=f"s3://bucket-{number % 500}/some/where/{words[0]}-{number:06}.zarr",
                    requester_pays=number % 5 == 0,
                ),
            ),
        )
        for number, words in enumerate(drawn.tolist())
    ]


def write(path: Path, listed: Sequence[Entry]) -> float:
    """Write an index of these datasets, in a few dozen regions; give its bytes a dataset."""
    regions = [known.region for known in all_regions()][:40]
    with closing(CatalogIndex(path)) as index:
        index.replace("cat", "https://example.org", listed, root_of=_bucket, at=0.0)
        index.settle(
            {
                site.id: Location(
                    url=site.root,
                    region=regions[site.id % len(regions)],
                    evidence=Evidence.PROBED,
                    detail="the bucket says so",
                )
                for site in index.sites()
            }
        )
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*")) / len(listed)


def _bucket(url: str, endpoint: str) -> str:
    return "/".join(url.split("/")[:3])


def start(path: Path) -> tuple[float, float]:
    """Open an index and show the first page; give the seconds, and the bytes of memory kept."""
    before = psutil.Process().memory_info().rss
    begun = time.perf_counter()
    index = CatalogIndex(path)
    index.search(DatasetQuery(limit=PAGE))
    seconds = time.perf_counter() - begun
    for word in WORDS:
        index.search(DatasetQuery(text=word, limit=PAGE))
    kept = psutil.Process().memory_info().rss - before
    index.close()
    return seconds, kept


def milliseconds(search: Callable[[str], object]) -> float:
    """Give the 95th percentile over all words."""
    taken = []
    for _ in range(SEARCHES):
        for word in WORDS:
            begun = time.perf_counter()
            search(word)
            taken.append(1000 * (time.perf_counter() - begun))
    return float(np.percentile(taken, 95))


def searches(path: Path, listed: Sequence[Entry], repeats: int) -> Row:
    """Search with both in turns, for the same words."""
    table = pd.DataFrame(
        {
            "id": ["/".join(("cat", *one.path)) for one in listed],
            "url": [one.url for one in listed],
            "format": [one.format for one in listed],
            "text": [
                " ".join((*one.path, one.title, one.description, *one.tags)) for one in listed
            ],
        }
    )

    def peer(word: str) -> pd.DataFrame:
        matching = table["text"].str.contains(word, case=False, regex=False)
        return table.iloc[np.flatnonzero(matching)[:PAGE]]

    with closing(CatalogIndex(path)) as index:

        def ours(word: str) -> object:
            return index.search(DatasetQuery(text=word, limit=PAGE))

        for word, count in WORDS.items():
            found = index.search(DatasetQuery(text=word, limit=PAGE))
            shown = len(peer(word))
            if (found.total, len(found.items)) != (count, shown):
                raise AssertionError(f"{word}: {found.total} found, of {count}")
        measured = [(milliseconds(ours), milliseconds(peer)) for _ in range(repeats)]
    return Row(
        name=f"a page of {PAGE} with its facet counts, of {len(listed):,} datasets, p95",
        ours=[one for one, _ in measured],
        peer=[other for _, other in measured],
        unit="ms",
        against="pandas str.contains and a page, without counts",
    )


def run(repeats: int = 3) -> list[Row]:
    """Measure all, each start in a process of its own."""
    rows = []
    listed = entries(DATASETS)
    with (
        TemporaryDirectory() as folder,
        multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as fresh,
    ):
        for size in SIZES:
            path = Path(folder) / f"{size}.sqlite"
            on_disk = write(path, listed[:size])
            started = [fresh.apply(start, (path,)) for _ in range(repeats)]
            rows.append(
                Row(
                    name=f"warm start-up to the first page, {size:,} datasets",
                    ours=[seconds for seconds, _ in started],
                    peer=[START_SECONDS],
                    unit="s",
                    against="the limit",
                )
            )
        rows += [
            Row("index on disk, per dataset", [on_disk], [BYTES_A_DATASET], "bytes", "the limit"),
            Row(
                "resident memory, per dataset",
                [kept / DATASETS for _, kept in started],
                [BYTES_A_DATASET],
                "bytes",
                "the limit",
            ),
        ]
        return [searches(path, listed, repeats), *rows]


if __name__ == "__main__":
    from benchmarks.table import render

    print(render(run()))

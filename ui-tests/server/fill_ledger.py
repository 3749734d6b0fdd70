"""Writes some weeks of computations into a ledger, for pictures of it; prints nothing."""

import sys
import time
from pathlib import Path

from multicloud_lab.ledger_book import LedgerBook
from multicloud_lab.records import LedgerEntry
from multicloud_lab.regions import Region

OREGON, IOWA = Region("aws", "us-west-2"), Region("gcp", "us-central1")
DAY = 86_400
ERA5, PRECT = "pangeo/atmosphere/era5", "lens/atm/hourly6-1990-2005/PRECT"


def entries() -> list[LedgerEntry]:
    """Give the rows: both datasets read where they are, results home, one thing moved across."""
    now = time.time()
    made = []
    for number in range(6):
        at = now - number * 2 * DAY
        notebook = f"precipitation-{number % 2 + 1}.ipynb"
        for dataset, region, size in ((ERA5, IOWA, 1.5e12), (PRECT, OREGON, 1.1e12)):
            shared = {"run": f"run-{number}", "at": at, "notebook": notebook, "dataset": dataset}
            made.append(
                LedgerEntry(
                    **shared,
                    id=f"read-{number}-{region}",
                    kind="read",
                    source=region,
                    destination=region,
                    estimated_bytes=int(size * 0.98),
                    measured_bytes=int(size),
                    price_low=0,
                    price_high=0,
                    avoided_bytes=int(size),
                    avoided_low=size / 1e9 * 0.05,
                    avoided_high=size / 1e9 * 0.12,
                )
            )
            made.append(
                LedgerEntry(
                    **shared,
                    id=f"home-{number}-{region}",
                    kind="move",
                    source=region,
                    estimated_bytes=286_000,
                    measured_bytes=288_000,
                    price_low=0,
                    price_high=0.0001,
                )
            )
    made.append(
        LedgerEntry(
            run="run-0",
            id="across",
            notebook="=compare.ipynb",
            dataset=PRECT,
            kind="move",
            source=OREGON,
            destination=IOWA,
            estimated_bytes=41_000_000_000,
            measured_bytes=40_000_000_000,
            price_low=0.8,
            price_high=3.6,
        )
    )
    return made


if __name__ == "__main__":
    LedgerBook(Path(sys.argv[1])).write(entries())

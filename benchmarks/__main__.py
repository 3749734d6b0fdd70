"""Run every benchmark and print the table: ``make bench``."""

from __future__ import annotations

from benchmarks import open_near_data
from benchmarks.table import render


def main() -> None:
    """Measure and print."""
    print(render([open_near_data.run()]))


if __name__ == "__main__":
    main()

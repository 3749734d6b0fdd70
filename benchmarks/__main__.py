"""Run every benchmark and print the table: ``make bench``."""

from __future__ import annotations

from benchmarks import (
    border_bytes,
    compute_overhead,
    cutting,
    four_gateways,
    list_catalog,
    locate_buckets,
    many_clusters,
    one_hanging,
    open_near_data,
    panel,
    planning,
    search_datasets,
    server_start,
    three_regions,
    watching,
    workflow_over_borders,
)
from benchmarks.table import render


def main() -> None:
    """Measure and print."""
    rows = [
        *list_catalog.run(),
        *search_datasets.run(),
        *panel.run(),
        *locate_buckets.run(),
        *server_start.run(),
        *watching.run(),
        *planning.run(),
        *three_regions.run(),
        one_hanging.run(),
        *many_clusters.run(),
        *compute_overhead.run(),
        *open_near_data.run(),
        *four_gateways.run(),
        *cutting.run(),
        *border_bytes.run(),
        *workflow_over_borders.run(),
    ]
    print(render(rows))


if __name__ == "__main__":
    main()

"""Plans to look at."""

from __future__ import annotations

from multicloud_lab.neardata.places import Place
from multicloud_lab.neardata.plans.plan import (
    Alternative,
    Amount,
    Move,
    Plan,
    PlannedObject,
    Reading,
)
from multicloud_lab.regions import parse_region

AWS, GCP = parse_region("aws:us-west-2"), parse_region("gcp:us-central1")
AZURE, VIRGINIA = parse_region("azure:westeurope"), parse_region("aws:us-east-1")
HOSTILE = "<img src=x onerror=alert(1)>"
TRICKS = "x\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}gnp\nTotal: $0.00"

LENS = Reading("s3://ncar-cesm-lens/PRECT.zarr", "lens/PRECT", AWS, 1, 42000, Amount(1.1e12), False)
ERA5 = Reading("gs://pangeo-era5/sa", "pangeo/era5", GCP, 2, 43000, Amount(1.5e12), False)


def workflow() -> Plan:
    """Give the plan of the workflow: two histograms, each beside its data."""
    moves = Move(1, 0, 1, Amount(288e3)), Move(2, 0, 1, Amount(288e3))
    return Plan(
        places=(Place(None), Place(AWS, "aws-oregon"), Place(GCP, "gcp-iowa")),
        objects=(
            PlannedObject("hist_lens", (1,), (LENS,), moves[:1], 42000),
            PlannedObject("hist_era5", (2,), (ERA5,), moves[1:], 43000),
        ),
        readings=(LENS, ERA5),
        moves=moves,
        tasks=(0, 42000, 43000),
        alternatives=(
            Alternative("everything here", Amount(2.6e12, 190, 310)),
            Alternative("everything in aws:us-west-2", Amount(1.5e12, 120, 180)),
        ),
        prices_of="2026-10-01",
    )


def tangled() -> Plan:
    """Give a plan with everything that a plan can hold, named by somebody who means ill."""
    far = Reading(
        f"https://example.org/{HOSTILE}.nc", "", None, 0, 12, Amount(3e9, None, None), True
    )
    copied = Reading("s3://other/x", "", VIRGINIA, 1, 10, Amount(5e9, 0.1, 0.1), True)
    return Plan(
        places=(
            *(Place(None), Place(AWS, "aws-oregon"), Place(GCP, "gcp-iowa")),
            *(Place(GCP, "gcp-other"), Place(AZURE, "azure-we")),
        ),
        objects=(
            PlannedObject(HOSTILE, (1, 2, 0), (LENS,), (), 42000),
            PlannedObject(TRICKS, (4,), (), (Move(4, 0, 3, Amount(0, 0, 0, 3)),), 1200),
        ),
        readings=(LENS, ERA5, far, copied),
        moves=(
            Move(1, 0, 3989, Amount(399e9, 36, 36)),
            Move(0, 2, 3989, Amount(399e9)),
            Move(2, 0, 1, Amount(8)),
            Move(4, 0, 12, Amount(288e6, 0, 0.02, 3)),
        ),
        tasks=(1, 42000, 43000, 0, 1200),
        gap=0.013,
        uncertain=(f"Nobody has said in which region {HOSTILE} is; it is read from here",),
        advice=(f"Take mean of {HOSTILE} first",),
        prices_of="2026-10-01 to 2026-11-02",
    )


def at_home() -> Plan:
    """Give a plan of what is read and computed here."""
    file = Reading("file:///tmp/x.zarr", "", None, 0, 3, Amount(3e6), False)
    return Plan((Place(None),), (PlannedObject("x", (0,), (file,), (), 3),), (file,), (), (3,))

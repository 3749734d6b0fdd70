"""Lost starts: which of a gateway's clusters one is whose answer did not come."""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import Sequence

from dask_gateway.client import ClusterReport

from multicloud_lab.gateways.clusters import ACTIVE, has_options
from multicloud_lab.gateways.connection import START_DEADLINE
from multicloud_lab.gateways.entries import Submission

MARK = "multicloud_lab_start"
"""The option by which a cluster is known for certain, on gateways that declare it: dask-gateway
takes no options, nor anything else of one's own, that its administrator did not declare."""
SKEW = 120.0
"""Seconds by which a gateway's clock may be wrong."""
PROCESS = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
"""This process: its host, its number there, and what no other process of that number has."""


def has_ended(process: str) -> bool:
    """Say whether a process is known to be gone; of other hosts that cannot be known.

    Parameters
    ----------
    process : str
        As :data:`PROCESS`; or empty, if an earlier version wrote it.
    """
    host, _, rest = process.rpartition(":")[0].rpartition(":")
    here, _, own = PROCESS.rpartition(":")[0].rpartition(":")
    if host != here or process == PROCESS or os.name != "posix":
        return False
    if rest == own:
        return True  # a container may give the same number at each start
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
    return False


def find(submission: Submission, unknown: Sequence[ClusterReport]) -> ClusterReport | None:
    """Give the cluster that a submission has started, if it is there.

    This is the first that may be it: it was not there before, it came up at that time, and it has
    the options. Where the gateway takes :data:`MARK`, that is one of them, and there is no doubt.

    Parameters
    ----------
    submission : Submission
    unknown : sequence of ClusterReport
        The user's clusters that are not in the book.
    """
    before, options = set(json.loads(submission.before)), json.loads(submission.options)
    fitting = [
        report
        for report in unknown
        if report.name not in before
        and report.status in ACTIVE
        and has_options(report, options)
        and -SKEW <= report.start_time.timestamp() - submission.asked <= START_DEADLINE + SKEW
    ]
    return min(fitting, key=lambda report: report.start_time, default=None)

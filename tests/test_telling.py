"""A kernel says what it is attached to and plans: in order, by its own id, and it fails nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest

from multicloud_lab.attachments import Attachments
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.config import read_config
from multicloud_lab.errors import InvalidInputError, MulticloudLabError
from multicloud_lab.records import Change, Cluster, PlannedMove, TellPlan
from multicloud_lab.regions import Region
from multicloud_lab.service import LabService
from multicloud_lab.telling import Telling, this_kernel, this_notebook

KERNEL = "1f0c5a9e-3c4f-4b0a-9d8e-0a1b2c3d4e5f"
CLUSTER = Cluster(
    gateway="iowa",
    name="abc",
    region=Region("gcp", "us-central1"),
    status="RUNNING",
    started=0,
)


class Slow(LabService):
    """Takes the longer for an attachment the later something else is said."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__(read_config({}))
        self.heard: list[str] = []
        self._fails = fails

    async def attach(self, kernel: str, gateway: str, cluster: str) -> None:
        await asyncio.sleep(0.05)
        self.heard.append(f"+{kernel[:4]} {gateway}/{cluster}")
        if self._fails:
            raise MulticloudLabError("no")

    async def tell_plan(self, kernel: str, body: TellPlan) -> None:
        self.heard.append(f"!{kernel[:4]} {body.notebook[-10:]} {len(body.moves)}")

    async def detach(self, kernel: str, gateway: str, cluster: str) -> None:
        self.heard.append(f"-{kernel[:4]} {gateway}/{cluster}")


@pytest.fixture
def loop() -> Iterator[BackgroundLoop]:
    loop = BackgroundLoop()
    yield loop
    loop.close()


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_said_comes_in_its_order(loop: BackgroundLoop, fails: bool) -> None:
    service = Slow(fails=fails)
    telling = Telling(service, loop, KERNEL)
    telling.attached(CLUSTER)
    telling.detached(CLUSTER)
    telling.attached(CLUSTER)
    telling.close(10)
    assert service.heard == ["+1f0c iowa/abc", "-1f0c iowa/abc", "+1f0c iowa/abc"]
    telling.detached(CLUSTER)  # as a client that is closed once more, after its lab
    telling.close(10)
    assert len(service.heard) == 3


def test_a_plan_is_told_with_its_notebook(
    loop: BackgroundLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = PlannedMove(
        source=None,
        destination=CLUSTER.region,
        bytes=5,
        unsized=0,
        price_low=None,
        price_high=None,
    )
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    service = Slow()
    telling = Telling(service, loop, KERNEL)
    telling.planned([move])
    # A path that is too long to be told whole, and a plan of more regions than there are.
    monkeypatch.setenv("JPY_SESSION_NAME", "x" * 5000 + "/rain.ipynb")
    telling.planned([move] * 5000)
    assert len(this_notebook()) == 1000
    telling.close(10)
    assert service.heard == ["!1f0c  1", "!1f0c rain.ipynb 1000"]


def test_outside_a_kernel_nobody_is_told(loop: BackgroundLoop) -> None:
    service = Slow()
    telling = Telling(service, loop, None)
    telling.attached(CLUSTER)
    telling.planned([])
    telling.close(10)
    assert service.heard == []


@pytest.mark.parametrize(
    ("arguments", "kernel"),
    [
        (["-f", f"/run/user/1000/jupyter/kernel-{KERNEL}.json"], KERNEL),
        (["-f", "/run/my connection.json"], None),
        (["pytest", f"kernel-{KERNEL}.json.txt"], None),
        ([], None),
    ],
)
def test_a_kernel_knows_itself_by_its_file(
    arguments: list[str], kernel: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["python", *arguments])
    assert this_kernel() == kernel


def test_an_attachment_is_said_once_and_ends_with_its_kernel() -> None:
    changes: list[Change] = []
    attachments = Attachments(changes.append)
    for _ in range(2):
        attachments.attach("k1", "iowa", "abc")
    attachments.attach("k1", "oregon", "def")
    attachments.attach("k2", "iowa", "abc")
    attachments.detach("k2", "iowa", "nothing")
    attachments.forget("k1")
    assert [(each.kernel, each.cluster) for each in attachments.all()] == [("k2", "abc")]
    assert [(change.topic, change.action, change.cluster) for change in changes] == [
        ("attachments", "attached", "abc"),
        ("attachments", "attached", "def"),
        ("attachments", "attached", "abc"),
        ("attachments", "detached", "abc"),
        ("attachments", "detached", "def"),
    ]
    with pytest.raises(InvalidInputError):
        attachments.attach("k" * 201, "iowa", "abc")

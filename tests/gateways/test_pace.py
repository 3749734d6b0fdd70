"""How often a gateway is looked at, on a clock of its own: seldom, but never too late."""

from __future__ import annotations

from pathlib import Path

import pytest

from multicloud_lab.config import GatewayConfig
from multicloud_lab.gateways import idle
from multicloud_lab.gateways.book import Book
from multicloud_lab.gateways.counts import Counts
from multicloud_lab.gateways.idle import AGAIN, LONGEST_GAP, IdleKeeper
from multicloud_lab.gateways.pace import INTEREST, OFTEN, SELDOM, SOONEST, Pace
from multicloud_lab.gateways.session import GatewaySession
from multicloud_lab.records import Change

QUIET = Counts(2, 2, None, tasks=0, pulse=(0,))


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now

    __call__ = time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(idle, "time", clock)
    return clock


def test_looks_are_many_only_while_somebody_looks(clock: Clock) -> None:
    pace = Pace(clock)
    assert pace.pause([], None) == SELDOM
    assert pace.pause([1.0], None) == SELDOM  # whoever comes back is shown a new look anyway
    assert pace.ask() == clock.now
    assert pace.pause([], None) == OFTEN
    assert pace.pause([1.0], None) == SOONEST
    assert pace.pause([8.0, 9.0], None) == pytest.approx(0.8)
    assert pace.pause([300.0], None) == OFTEN  # a machine that comes after minutes
    clock.now += INTEREST - 1
    assert pace.pause([], None) == OFTEN
    clock.now += 2
    assert pace.pause([], None) == SELDOM


def test_what_is_due_is_waited_for_whoever_looks(clock: Clock) -> None:
    pace = Pace(clock)
    assert pace.pause([], 12.0) == 12.0
    assert pace.pause([], 100.0) == SELDOM
    assert pace.pause([], -5.0) == SOONEST
    pace.ask()
    assert pace.pause([], 12.0) == OFTEN


def test_a_look_is_not_so_seldom_that_idle_time_begins_anew() -> None:
    assert SELDOM + 10 < LONGEST_GAP


@pytest.mark.asyncio
@pytest.mark.parametrize("minutes", [0.1, 5.0, 30.0])
async def test_an_idle_cluster_is_stopped_in_time_though_nobody_looks(
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    minutes: float,
) -> None:
    config = GatewayConfig.model_validate(
        {
            "name": "aws-oregon",
            "region": "aws:us-west-2",
            "address": "http://127.0.0.1:9",
            "auth": {"type": "basic", "username": "ana"},
            "idle_minutes": minutes,
        }
    )
    told: list[tuple[float, str]] = []

    def tell(change: Change) -> None:
        told.append((clock.now, change.action))

    keeper = IdleKeeper(GatewaySession(config, lambda _: None), Book(tmp_path / "b"), tell)

    async def stop(name: str) -> None:
        told.append((clock.now, "stop"))

    monkeypatch.setattr(keeper, "_stop", stop)
    pace, began, looks = Pace(clock), clock.now, 0
    while [action for _, action in told] != ["idle", "stop"]:
        await keeper.attend({"c": QUIET}, {"c": None}, {}, "ann")
        looks += 1
        due = keeper.due
        clock.now += pace.pause([], None if due is None else due - clock.now)
        assert looks <= minutes * 60 / SELDOM + 4
    (warned, _), (stopped, _) = told
    assert warned - began == pytest.approx(minutes * 30, abs=SOONEST)
    assert stopped - began == pytest.approx(minutes * 60, abs=SOONEST)
    # What could not be stopped is tried again, but not all the time.
    assert keeper.due == pytest.approx(stopped + AGAIN)
    keeper.forget()
    assert keeper.due is None

"""A circuit: when calls go through, when they do not, and how long that lasts."""

from __future__ import annotations

import asyncio
import time

import pytest

from multicloud_lab.errors import ClusterNotFoundError, GatewayUnreachableError, SignInNeededError
from multicloud_lab.gateways.circuit import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Circuit


class Clock:
    """A clock that goes on when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(circuit: Circuit, sentence: str = "it is down") -> bool:
    """Make a call that fails; say whether it went through."""
    failure = GatewayUnreachableError(sentence)
    with pytest.raises(GatewayUnreachableError) as raised, circuit.call():
        raise failure
    return raised.value is failure


def opened(chance: float = 1.0) -> tuple[Circuit, Clock]:
    clock = Clock()
    circuit = Circuit(clock, lambda: chance)
    assert all(fail(circuit) for _ in range(FAILURES))
    return circuit, clock


def test_it_opens_after_failures_one_after_the_other() -> None:
    circuit = Circuit(Clock(), lambda: 1.0)
    for _ in range(5):
        for _ in range(FAILURES - 1):
            assert fail(circuit)
        with circuit.call():
            pass
    assert circuit.retry_at is None
    before = time.time()
    circuit, _ = opened()
    with pytest.raises(GatewayUnreachableError, match="it is down"), circuit.call():
        raise AssertionError("it was called")
    assert circuit.retry_at is not None
    assert before + FIRST_PAUSE <= circuit.retry_at <= time.time() + FIRST_PAUSE


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_pauses_grow_up_to_the_longest(chance: float) -> None:
    circuit, clock = opened(chance)
    pause, share = FIRST_PAUSE, (1 + chance) / 2
    for _ in range(8):
        clock.now += pause * share - 0.01
        assert not fail(circuit)
        clock.now += 0.02
        assert fail(circuit, "it is still down")  # the trial
        pause = min(2 * pause, LONGEST_PAUSE)
    assert pause == LONGEST_PAUSE
    with pytest.raises(GatewayUnreachableError, match="still down"), circuit.call():
        raise AssertionError("it was called")
    clock.now += pause
    with circuit.call():
        pass
    assert circuit.retry_at is None
    assert all(fail(circuit) for _ in range(FAILURES))
    clock.now += FIRST_PAUSE
    assert fail(circuit)  # the pause is short again


@pytest.mark.parametrize("answer", [SignInNeededError("who?"), ClusterNotFoundError("which?")])
def test_a_refusal_is_an_answer(answer: Exception) -> None:
    circuit, clock = opened()
    clock.now += FIRST_PAUSE
    with pytest.raises(type(answer)), circuit.call():
        raise answer
    assert circuit.retry_at is None


def test_there_is_one_trial_at_a_time() -> None:
    circuit, clock = opened()
    clock.now += FIRST_PAUSE
    with circuit.call():
        assert not fail(circuit)
    assert fail(circuit)


def test_a_trial_that_is_given_up_leaves_room_for_another() -> None:
    circuit, clock = opened()
    clock.now += FIRST_PAUSE
    with pytest.raises(asyncio.CancelledError), circuit.call():
        raise asyncio.CancelledError
    assert fail(circuit)


def test_a_person_who_tries_again_is_let_through() -> None:
    circuit, _ = opened()
    circuit.close()
    assert circuit.retry_at is None
    with circuit.call():
        pass


def test_late_failures_do_not_make_the_pause_longer() -> None:
    clock = Clock()
    circuit = Circuit(clock, lambda: 1.0)
    calls = [circuit.call() for _ in range(10)]
    for call in calls:
        call.__enter__()
    error = GatewayUnreachableError("it is down")
    for call in calls:
        assert not call.__exit__(type(error), error, None)
    clock.now += FIRST_PAUSE
    with circuit.call():
        pass

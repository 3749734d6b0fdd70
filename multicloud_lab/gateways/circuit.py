"""A circuit: how often a gateway that does not answer is asked, and when it is tried again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from multicloud_lab.errors import GatewayUnreachableError, MulticloudLabError

FAILURES = 3
"""Failures one after the other that open a circuit: one may be a hiccup."""
FIRST_PAUSE = 1.0
"""Seconds until the first trial, at most; each trial that fails doubles it."""
LONGEST_PAUSE = 10.0
"""Seconds between two trials, at most: somebody may be waiting for the gateway to come back."""


class Circuit:
    """Lets calls to one gateway through, or answers in its place while it is known to fail.

    Closed, every call goes through. After :data:`FAILURES` that the gateway did not answer, it is
    open: calls fail at once, with the sentence of the last failure. When the pause is over it is
    half open: one call goes through as a trial, which closes it, or opens it for a longer pause.

    Parameters
    ----------
    clock : callable
        Seconds that never go backwards.
    chance : callable
        From 0 to 1. Pauses are between half and all of their length, so that many labs do not
        come back to a gateway at the same moment.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._clock, self._chance = clock, chance
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._sentence = ""
        self._until: float | None = None  # on the clock; None: closed
        self._retry_at: float | None = None
        self._trying = False

    @property
    def retry_at(self) -> float | None:
        """When the gateway is tried again, seconds since 1970; None while it is asked freely."""
        return self._retry_at

    def close(self) -> None:
        """Let calls through, and forget the failures: it answers, or a person wants to know."""
        self._failures, self._pause, self._sentence = 0, FIRST_PAUSE, ""
        self._until = self._retry_at = None
        self._trying = False

    @contextmanager
    def call(self) -> Iterator[None]:
        """Surround a call to the gateway.

        Raises
        ------
        GatewayUnreachableError
            The call is not to be made: it would only fail as the last one did.
        """
        trial = self._until is not None
        if self._until is not None:
            if self._trying or self._clock() < self._until:
                raise GatewayUnreachableError(self._sentence)
            self._trying = True
        try:
            yield
        except GatewayUnreachableError as error:
            self._fail(str(error), trial)
            raise
        except MulticloudLabError:
            self.close()  # a refusal is an answer
            raise
        except BaseException:
            self._trying = self._trying and not trial  # cancelled: the next call is the trial
            raise
        self.close()

    def _fail(self, sentence: str, trial: bool) -> None:
        self._failures += 1
        if self._until is None:
            if self._failures < FAILURES:
                return
        elif not trial:
            return  # it began before the circuit opened, and says nothing new
        self._sentence, self._trying = sentence, False
        pause = self._pause * (1 + self._chance()) / 2
        self._until = self._clock() + pause
        self._retry_at = time.time() + pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

"""Blocking work with a deadline: done in a thread, left behind if it takes too long."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from multicloud_lab.errors import DeadlineError

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T], *, late: str = "") -> T:
    """Do blocking work in a thread of its own, and leave it behind if it takes too long.

    Parameters
    ----------
    seconds : float
        The deadline.
    work : callable
    late : str
        What to say if it is missed.

    Raises
    ------
    DeadlineError
        It took longer.
    """
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((work(), None))
        except BaseException as error:  # noqa: BLE001  (raised again, in the caller's thread)
            answers.put((None, error))

    # A daemon: a store that hangs must not keep the process from ending.
    threading.Thread(target=run, name="multicloud-lab-work", daemon=True).start()
    try:
        value, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise DeadlineError(late or f"No answer came within {seconds:g} s.") from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]  # there is one if there is no error

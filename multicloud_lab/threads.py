"""Blocking work with a deadline: done in a thread, left behind if it takes too long."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
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


async def apart(work: Callable[[], T]) -> T:
    """Do blocking work that may hang in a thread of its own, and wait for it on an event loop.

    Whoever is tired of waiting cancels this, and the thread is left behind: it takes none of those
    that ``asyncio.to_thread`` has, which are few and for everybody.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value)  # type: ignore[arg-type]  # there is one if there is no error

    def run() -> None:
        value: T | None = None
        error: BaseException | None = None
        try:
            value = work()
        except BaseException as raised:  # noqa: BLE001  (raised again, on the loop)
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=run, name="multicloud-lab-apart", daemon=True).start()
    return await answer

"""How many of the tasks behind some futures are done, as their scheduler tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from distributed import Client, Future
from distributed.diagnostics.progressbar import ProgressBar


def follow(
    futures: Sequence[Future[Any]], client: Client, report: Callable[[int, int], None]
) -> None:
    """Have a scheduler tell how many tasks are done, of how many, until all are or one fails.

    It tells twice a second, on a connection of its own, as it tells distributed's own progress
    bars: nobody asks, and nothing of this package has to be installed there.

    Parameters
    ----------
    futures : sequence of Future
    client : distributed.Client
        Of the cluster that computes them.
    report : callable
        Called with both numbers, in the client's thread.
    """
    bar = _Followed(futures, client, report)
    loop: Any = client.loop
    loop.add_callback(bar.follow)


class _Followed(ProgressBar):
    """A progress bar that draws nothing."""

    def __init__(
        self,
        futures: Sequence[Future[Any]],
        client: Client,
        report: Callable[[int, int], None],
    ) -> None:
        scheduler: Any = client.scheduler
        # Until the first answer: a scheduler that does not know them yet waits for them to come.
        self._held: list[Future[Any]] = [Future(each.key, client) for each in futures]
        super().__init__(  # type: ignore[no-untyped-call]
            self._held, scheduler=scheduler.address, interval="500ms", complete=True
        )
        self._report = report

    async def follow(self) -> None:
        """Listen, as long as there is somebody to listen to."""
        try:
            await self.listen()  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - it is for show, and the run goes on without
            return
        finally:
            self._held.clear()

    def _draw_bar(self, remaining: int, all: int, **_: Any) -> None:  # noqa: A002 - their name
        self._held.clear()
        self._report(all - remaining, all)

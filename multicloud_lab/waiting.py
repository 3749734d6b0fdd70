"""Waiting in a notebook: the line that says for what, and for a sign-in in the panel."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.interface import LabInterface

SIGN_IN_DEADLINE = 600.0
"""Seconds that a notebook waits for somebody to sign in."""
_LOOK = 1.0
_PATIENCE = 0.9  # Seconds in which nobody needs to be told what is waited for.


class StatusLine:
    """One line under a notebook's cell that says what is waited for; nothing elsewhere.

    Parameters
    ----------
    what : str
        What is waited for.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = time.time()
        self._handle: Any = None
        self._shows = kernel() is not None
        self._sign_ins: dict[str, None] = {}

    def tick(self) -> None:
        """Say it again, with the time that has gone by; not within the first second."""
        seconds = time.time() - self._began
        gateways = " and ".join(list(self._sign_ins))
        if not self._shows or (seconds < _PATIENCE and not gateways):
            return
        if gateways:
            self._show(
                f"Sign in to {gateways} in the Multi-Cloud Lab panel; this goes on by itself then. "
                "Interrupt the kernel to stop waiting."
            )
            return
        since = time.strftime("%H:%M:%S", time.localtime(self._began))
        self._show(
            f"Waiting for {self._what} since {since} ({seconds:.0f} s). Interrupt the kernel to "
            "stop waiting; the cluster goes on starting."
        )

    def say(self, text: str) -> None:
        """Say something else, but not within the first second."""
        if self._shows and time.time() - self._began >= _PATIENCE:
            self._show(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._handle is not None:
            self._show("")

    async def sign_in(self, service: LabInterface, gateway: str, until: float) -> bool:
        """Ask for a sign-in in the panel, and wait for it.

        Parameters
        ----------
        service : LabInterface
        gateway : str
        until : float
            When to give up, by ``time.monotonic``.

        Returns
        -------
        bool
            Whether somebody has signed in.
        """
        self._sign_ins[gateway] = None
        try:
            while time.monotonic() < until:
                await asyncio.sleep(_LOOK)
                if (await state_of(service, gateway)).state == "signed-in":
                    return True
            return False
        finally:
            self._sign_ins.pop(gateway, None)

    def _show(self, text: str) -> None:
        from IPython.display import display

        bundle = {"text/plain": text}
        if self._handle is None:
            self._handle = display(  # type: ignore[no-untyped-call]
                bundle, raw=True, display_id=True
            )
        else:
            self._handle.update(bundle, raw=True)


async def state_of(service: LabInterface, gateway: str) -> r.Gateway:
    """Give a gateway by its name."""
    return next(each for each in await service.gateways() if each.name == gateway)


def somebody_is_there() -> bool:
    """Say whether a person runs this cell: one who could be asked for something, as by input()."""
    return bool(getattr(kernel(), "_allow_stdin", False))


def kernel() -> Any:
    """Give the Jupyter kernel that this process is, or None."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return getattr(get_ipython(), "kernel", None)

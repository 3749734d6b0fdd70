"""A session: who the lab is at one gateway, and in which state that is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from dask_gateway.auth import GatewayAuth
from dask_gateway.client import ClusterReport

from multicloud_lab.config import GatewayConfig
from multicloud_lab.errors import (
    GatewayRefusedError,
    GatewayUnreachableError,
    InvalidInputError,
    SignInNeededError,
    WrongCredentialsError,
)
from multicloud_lab.gateways.circuit import Circuit
from multicloud_lab.gateways.connection import START_DEADLINE, GatewayConnection
from multicloud_lab.gateways.credentials import Credential, make_credential, tried
from multicloud_lab.gateways.failures import shown
from multicloud_lab.records import Change, Gateway, GatewayState, SignIn
from multicloud_lab.threads import apart

SLOW = 3.0
"""Seconds after which a gateway that has not answered a look is shown as such, while it is still
waited for; one that takes long every time is given more."""

READ_DEADLINE = 3.0
"""Seconds in which a credential is to say what it signs with: files on a network may hang."""

_ACTIONS = {"signed-in": "signed-in", "sign-in-needed": "signed-out", "unreachable": "unreachable"}

T = TypeVar("T")


class GatewaySession:
    """Signs in to one gateway, and keeps the connection and its state.

    Parameters
    ----------
    config : GatewayConfig
    on_change : callable
        Told of every change of the state.

    Attributes
    ----------
    on_silence : callable
        Told when a gateway that is asked is shown as one that does not answer, before it is given
        up.
    """

    def __init__(self, config: GatewayConfig, on_change: Callable[[Change], None]) -> None:
        self.config = config
        self._on_change = on_change
        self.on_silence: Callable[[], None] = lambda: None
        self._state: GatewayState = "unreachable"
        self._message = f"{config.name} has not answered yet."
        self._since = time.time()
        self._problem = ""
        self._retry_at: float | None = None
        self._circuit = Circuit()
        self._credential: Credential | None = None
        self._accepted = False  # whether the gateway took the credential at some time
        self._out = False  # whether somebody signed out
        self._reading: tuple[Credential, asyncio.Task[GatewayAuth | None]] | None = None
        self._took = 0.0  # seconds, for the last answer to a look
        self._connection: GatewayConnection | None = None
        self._asking: asyncio.Task[Any] | None = None  # for a look
        self._signing = asyncio.Lock()
        self._closing: dict[GatewayConnection, asyncio.Task[None]] = {}

    @property
    def username(self) -> str:
        """Who the lab is there, or would be."""
        return self._credential.username if self._credential else ""

    @property
    def state(self) -> GatewayState:
        """What the last look showed."""
        return self._state

    @property
    def connection(self) -> GatewayConnection:
        """The connection of who is signed in.

        Raises
        ------
        SignInNeededError
            Nobody is.
        """
        if self._connection is None or not self._connection.can_sign_in:
            raise SignInNeededError(self._wants())
        return self._connection

    def is_with(self, connection: GatewayConnection) -> bool:
        """Say whether nobody has signed in or out since this was the connection."""
        return connection is self._connection

    def record(self) -> Gateway:
        """Describe the gateway and the state of the session."""
        config = self.config
        return Gateway(
            name=config.name,
            region=config.region,
            address=shown(config.address),
            state=self._state,
            message=self._message,
            auth=config.auth.type,
            username=self.username,
            minimum=config.minimum,
            maximum=config.maximum,
            idle_minutes=config.idle_minutes,
            longest_idle_minutes=config.longest_idle,
            since=self._since,
            retry_at=self._retry_at,
        )

    async def open(self) -> None:
        """Get ready to sign in with what the configuration gives; asks the gateway nothing."""
        try:
            self._credential = make_credential(self.config.auth)
            self._connection = await self._connect(self._credential)
        except InvalidInputError as error:
            self._problem = str(error)
            self._connection = self._stranger()

    def try_again(self) -> None:
        """Ask the gateway at the next look, even if it has just failed: a person wants to know."""
        self._circuit.close()

    async def close(self) -> None:
        """Let go of the gateway, without waiting for answers."""
        if self._reading is not None:
            self._reading[1].cancel()
        closing = dict(self._closing)
        for task in closing.values():
            task.cancel()
        await asyncio.gather(*closing.values(), return_exceptions=True)
        for connection in (*closing, self._connection):
            if connection is not None:
                await connection.close(patience=0)
        self._connection = None

    async def sign_in(self, sign_in: SignIn) -> None:
        """Sign in with what a person typed. If that fails, all stays as it was.

        With nothing typed, what signs in already is tried again, and read again if it is read.

        Raises
        ------
        WrongCredentialsError, GatewayUnreachableError, InvalidInputError
        """
        async with self._signing:
            if self._credential is None:
                raise InvalidInputError(f"{self.config.name} cannot be used: {self._problem}")
            credential, known = self._credential, self._connection and self._connection.can_sign_in
            if sign_in.username or sign_in.password or not known:
                credential = credential.signed_in(sign_in)
            self.try_again()
            connection = await self._connect(credential)
            try:
                await connection.clusters()
            except SignInNeededError:
                refused = True
            except BaseException:
                self._let_go(connection, patience=1)
                raise
            else:
                refused = False
            if refused:
                self._let_go(connection, patience=1)
                what = credential.typed if sign_in.password else "the sign-in"
                raise WrongCredentialsError(
                    f"{self.config.name} refused {what}: {credential.hint()}"
                )
            self._change_to(credential, connection)
            self._accepted, self._out = True, False
            self._enter("signed-in", "")

    async def sign_out(self) -> None:
        """Forget the credentials, until somebody signs in again; clusters go on."""
        async with self._signing:
            credential = self._credential.signed_out() if self._credential else None
            self._change_to(credential, self._stranger())
            self._accepted, self._out = False, True
            self._enter("sign-in-needed", self._wants())

    async def look(self) -> list[ClusterReport] | None:
        """Ask the gateway for clusters, and note the state that this shows.

        Returns
        -------
        list of ClusterReport or None
            None unless signed in. The reports hold TLS keys.
        """
        if self._connection is None:
            return None
        if not self._connection.can_sign_in:
            await self._read_again()
        connection, reports = self._connection, None
        state: GatewayState = "unreachable"
        try:
            if connection.can_sign_in:
                reports = await self._wait(connection, connection.clusters())
                state, message = "signed-in", ""
            else:
                await self._wait(connection, connection.probe())
                state, message = "sign-in-needed", self._wants()
        except SignInNeededError as error:
            if connection is self._connection and await self._read_again():
                return await self.look()
            state, message = "sign-in-needed", str(error)
        except (GatewayUnreachableError, GatewayRefusedError) as error:
            message = str(error)
        if not self.is_with(connection):
            return None  # somebody has signed in or out meanwhile
        self._accepted = self._accepted or state == "signed-in"
        self._enter(state, message)
        return reports

    async def _wait(self, connection: GatewayConnection, answer: Coroutine[Any, Any, T]) -> T:
        """Wait for an answer to a look, and show meanwhile that it does not come."""
        began = time.monotonic()
        self._asking = task = asyncio.create_task(answer)
        patience = max(SLOW, 2 * self._took)
        try:
            done, _ = await asyncio.wait([task], timeout=patience)
            if not done and connection is self._connection and self._state != "unreachable":
                self._enter(
                    "unreachable",
                    f"{self.config.name} has not answered for {patience:.0f} s; still waiting.",
                )
                self.on_silence()
            await asyncio.wait([task])
        finally:
            task.cancel()
        if task.cancelled():
            raise GatewayUnreachableError("Somebody has signed in or out meanwhile.")
        answered = task.result()
        self._took = time.monotonic() - began
        return answered

    async def _read_again(self) -> bool:
        """Read what the configuration names; True if it is not what it was at the last look.

        Files are changed, tokens renewed, and what was missing is put there.
        """
        if self._signing.locked():
            return False  # somebody does just now, and that may take as long as the gateway hangs
        async with self._signing:
            credential, connection = self._credential, self._connection
            if credential is None or connection is None or self._out:
                return False
            try:
                auth = await self._auth_of(credential)
            except InvalidInputError as error:
                self._problem = str(error)
                return False
            self._problem = ""
            if auth is None or (
                connection.can_sign_in and connection.signs_with(credential.secrets())
            ):
                return False
            self._change_to(credential, self._signing_with(credential, auth))
            return True

    async def _connect(self, credential: Credential) -> GatewayConnection:
        return self._signing_with(credential, await self._auth_of(credential))

    async def _auth_of(self, credential: Credential) -> GatewayAuth | None:
        """Give what a credential signs with; files may be read for that.

        One that takes long is asked once, however often that is wanted: each holds a thread.
        """
        if self._reading is None or self._reading[0] is not credential:
            kind = f"auth.type {credential.kind!r}"
            task = asyncio.create_task(apart(lambda: tried(kind, credential.auth)))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._reading = (credential, task)
        task = self._reading[1]
        await asyncio.wait([task], timeout=READ_DEADLINE)
        if not task.done():
            raise InvalidInputError(
                f"auth.type {credential.kind!r} has not said within {READ_DEADLINE:g} s what it "
                f"signs with; {credential.hint()}"
            )
        self._reading = None
        return task.result()

    def _signing_with(self, credential: Credential, auth: GatewayAuth | None) -> GatewayConnection:
        return GatewayConnection(
            self.config, auth, credential.secrets(), self._circuit, self._refused
        )

    def _stranger(self) -> GatewayConnection:
        return GatewayConnection(self.config, None, circuit=self._circuit)

    def _change_to(self, credential: Credential | None, connection: GatewayConnection) -> None:
        if self._connection is not None:
            self._let_go(self._connection)
        if self._asking is not None:
            self._asking.cancel()  # what the gateway may say to who was signed in counts no more
        self._credential, self._connection, self._problem = credential, connection, ""

    def _let_go(self, connection: GatewayConnection, patience: float = START_DEADLINE) -> None:
        task = asyncio.create_task(connection.close(patience))
        self._closing[connection] = task
        task.add_done_callback(lambda _: self._closing.pop(connection, None))

    def _wants(self) -> str:
        if self._problem:
            return f"{self.config.name} cannot be signed in to: {self._problem}"
        hint = self._credential.hint() if self._credential else ""
        return f"{self.config.name} wants a sign-in: {hint}"

    def _refused(self, cause: str) -> str:
        """Say how it was refused, whether it was good before, and what a person can do."""
        hint = self._problem or (self._credential.hint() if self._credential else "")
        if not self._accepted:
            return f"{cause}: {hint}"
        way = hint.removeprefix("sign in") if hint.startswith("sign in") else f": {hint}"
        return f"{cause} that it took before; sign in again{way}"

    def _enter(self, state: GatewayState, message: str) -> None:
        retry_at = self._circuit.retry_at if state == "unreachable" else None
        if (state, message, retry_at) == (self._state, self._message, self._retry_at):
            return
        action = "updated"
        if state != self._state:
            action, self._since = _ACTIONS[state], time.time()
        self._state, self._message, self._retry_at = state, message, retry_at
        self._on_change(Change(topic="gateways", action=action, gateway=self.config.name))

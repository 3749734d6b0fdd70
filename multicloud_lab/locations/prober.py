"""Asks providers where buckets are: at once, bounded, each at most once, and remembered."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import aiohttp

from multicloud_lab.locations import probes as _probes  # noqa: F401  (they register themselves)
from multicloud_lab.locations.addresses import normal_endpoint
from multicloud_lab.locations.asking import Asker, open_session
from multicloud_lab.locations.cache import ProbeCache
from multicloud_lab.locations.probe import Probed, ProviderProbe, Question, prober_of

_log = logging.getLogger(__name__)

DEADLINE: Final = 8.0
"""Seconds that one bucket may take, all requests together."""
AT_ONCE: Final = 40
"""Buckets that are asked about at the same time."""
KEPT: Final = MappingProxyType(
    {"found": 30 * 86400.0, "missing": 86400.0, "refused": 86400.0, "silent": 300.0}
)
"""Seconds that an answer is good for; ``silent`` ones are not written down."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Whom to ask about a bucket, and what the answer is kept as."""

    key: str
    prober: ProviderProbe
    name: str
    endpoint: str
    options: Mapping[str, Any] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)


def _good_for(probed: Probed) -> float:
    """Give the seconds for which an answer is good; a new region may soon be known here."""
    nowhere = probed.outcome == "found" and probed.region is None
    return KEPT["missing" if nowhere else probed.outcome]


class Prober:
    """Asks providers where buckets are, on one event loop.

    Requests go to the known providers, or to endpoints that the administrator configured (in the
    options of the bucket, or in the environment); to no other host, whatever a catalog, a bucket's
    name or a redirect says.

    Parameters
    ----------
    options_for : callable
        Gives the administrator's fsspec options for a URL.
    cache : Path or None
        The SQLite file in which answers are kept; None: in memory alone.
    environ : mapping of str
    deadline : float
        Seconds that one bucket may take.
    at_once : int
        Buckets that are asked about at the same time.
    now : callable
        The time, seconds since 1970.
    """

    def __init__(
        self,
        *,
        options_for: Callable[[str], Mapping[str, Any]],
        cache: Path | None,
        environ: Mapping[str, str] = os.environ,
        deadline: float = DEADLINE,
        at_once: int = AT_ONCE,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._options_for = options_for
        self._environ = environ
        self._cache = ProbeCache(cache) if cache is not None else None
        self._deadline = deadline
        self._at_once = at_once
        self._limit = asyncio.Semaphore(at_once)
        self._now = now
        self._answers: dict[str, Probed] = {}
        self._asking: dict[str, asyncio.Task[Probed]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def probe(self, buckets: Iterable[str]) -> dict[str, Probed]:
        """Say of each bucket what its provider says.

        Parameters
        ----------
        buckets : iterable of str
            As :meth:`Locator.unsettled` gives them: ``s3://bucket``, or with a foreign endpoint,
            ``s3://bucket at https://osn.example``.

        Returns
        -------
        dict of Probed
            Of every bucket; nothing raises. One that cannot be asked about is ``silent``.
        """
        answers: dict[str, Probed] = {}
        plans: dict[str, _Plan] = {}
        for bucket in dict.fromkeys(buckets):
            plan = self._plan(bucket)
            if isinstance(plan, _Plan):
                plans[bucket] = plan
            else:
                answers[bucket] = Probed("silent", detail=plan, asked=self._now())
        unheard = [plan.key for plan in plans.values() if plan.key not in self._answers]
        if self._cache is not None and unheard:
            for key, probed in (await asyncio.to_thread(self._cache.get, unheard)).items():
                self._answers.setdefault(key, probed)
        mine: dict[str, asyncio.Task[Probed]] = {}
        waiting: dict[str, asyncio.Task[Probed]] = {}
        for bucket, plan in plans.items():
            known = self._answers.get(plan.key)
            if known is not None and 0 <= self._now() - known.asked < _good_for(known):
                answers[bucket] = known
                continue
            if plan.key not in self._asking:
                mine[plan.key] = self._asking[plan.key] = asyncio.create_task(self._ask(plan))
            waiting[bucket] = self._asking[plan.key]
        # Shielded: what one caller no longer waits for, another may.
        found = await asyncio.gather(*map(asyncio.shield, waiting.values()))
        answers.update(zip(waiting, found, strict=True))
        told = {key: task.result() for key, task in mine.items()}
        written = {key: probed for key, probed in told.items() if probed.outcome != "silent"}
        if self._cache is not None and written:
            await asyncio.to_thread(self._cache.put, written)
        return answers

    async def aclose(self) -> None:
        """Ask no more."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._asking.clear()  # of those, too, that had not begun
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _plan(self, bucket: str) -> _Plan | str:
        """Say whom to ask about a bucket, or why nobody is asked."""
        plain, _, named = bucket.partition(" at ")
        known = prober_of(plain)
        if known is None:
            return "nobody can be asked about a bucket of that name"
        prober, name = known
        options = self._options_for(plain)
        configured = prober.endpoint(options, {})
        # What the environment holds is for the provider, not for a store of another name.
        environ = {} if configured or named else self._environ
        configured = configured or prober.endpoint({}, environ)
        endpoint = normal_endpoint(configured) if configured else ""
        if named and endpoint != named:
            return "only its catalog names its endpoint, so that was not asked"
        if endpoint == "https://invalid":
            return "the endpoint that is configured for it is no address"
        key = f"{plain} at {endpoint}" if endpoint else plain
        if prober.signed(options, environ):  # may be told what others are refused
            key = f"{key} signed"
        return _Plan(key, prober, name, endpoint, options, environ)

    async def _ask(self, plan: _Plan) -> Probed:
        if self._session is None:
            self._session = open_session(self._at_once)
        asker = Asker(self._session, plan.prober.provider, plan.endpoint)
        question = Question(plan.name, plan.endpoint, plan.options, plan.environ, asker)
        try:
            async with self._limit, asyncio.timeout(self._deadline):
                probed = await plan.prober.probe(question)
        except TimeoutError:
            probed = Probed("silent", detail=f"it did not answer within {self._deadline:g} s")
        except (aiohttp.ClientError, OSError) as error:
            probed = Probed("silent", detail=f"it cannot be asked ({type(error).__name__})")
        except Exception as error:  # noqa: BLE001 - one prober's mistake costs its bucket alone
            _log.exception("The probe of %s failed", plan.key)
            probed = Probed("silent", detail=f"it cannot be asked ({type(error).__name__})")
        finally:
            self._asking.pop(plan.key, None)
        answer = replace(probed, asked=self._now())
        self._answers[plan.key] = answer
        return answer

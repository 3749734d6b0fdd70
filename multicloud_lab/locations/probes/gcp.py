"""Asks Google Cloud Storage where a bucket is: its storage layout, then its metadata."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.locations.addresses import shown
from multicloud_lab.locations.probe import Probed, ProviderProbe, Question, Reply, register
from multicloud_lab.regions import Region, parse_region

_HOST = "https://storage.googleapis.com"
_FIELDS = "fields=location,locationType,customPlacementConfig"
_SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"
_SECONDS = 4
"""What getting a token may take."""
# Ways of gcsfs to look for credentials, not credentials; some ask a metadata server or a person.
_METHODS = {"anon", "browser", "cache", "cloud", "google_default", "token"}


async def probe(question: Question) -> Probed:
    """Ask anonymously, and where that is refused, with credentials if there are any."""
    found = await _ask(question, {})
    if found.outcome == "refused" and signed(question.options, question.environ):
        token = await asyncio.to_thread(_token, question)
        if token:
            return await _ask(question, {"Authorization": f"Bearer {token}"})
    return found


async def _ask(question: Question, headers: Mapping[str, str]) -> Probed:
    """Ask for the layout, which needs less rights, then for the bucket, which tells more."""
    base = f"{question.endpoint or _HOST}/storage/v1/b/{question.bucket}"
    project = str(question.options.get("project") or "") if headers else ""
    billed = f"userProject={project}" if re.fullmatch(r"[a-z0-9:.-]{4,100}", project) else ""
    layout = await question.ask(
        "GET", "?".join(filter(None, (f"{base}/storageLayout", billed))), headers
    )
    found = _of_layout(layout)
    if found is not None and (found.region or found.outcome != "found"):
        return found
    bucket = await question.ask(
        "GET", "?".join((base, "&".join(filter(None, (_FIELDS, billed))))), headers
    )
    return _of_layout(bucket) or found or _reason(bucket, question)


def _of_layout(reply: Reply) -> Probed | None:
    """Read an answer that has a location; None if it has none."""
    if reply.status != 200:
        return None
    try:
        layout = json.loads(reply.body)
    except ValueError:
        return None
    location = layout.get("location") if isinstance(layout, dict) else None
    if not isinstance(location, str) or not location:
        return None
    pair = layout.get("customPlacementConfig")
    names = pair.get("dataLocations") if isinstance(pair, dict) else None
    if isinstance(names, list) and names:
        return _pair(names)
    (region,) = _regions([location]) or (None,)
    # A pair that its owner chose has its continent's name, which is far more than the pair.
    if layout.get("locationType") == "dual-region" and location.upper() in ("US", "EU", "ASIA"):
        region = None
    said = f"Google says {shown(location)[:60]}"
    if region is None:
        return Probed("found", detail=f"{said}, which is no one region known here")
    return Probed("found", region, detail=said)


def _pair(names: list[Any]) -> Probed:
    """Read a pair of regions that its owner chose: a dual-region, all bytes are in both."""
    told = " and ".join(shown(str(name))[:60] for name in names[:2])
    regions = _regions(["+".join(map(str, names[:2]))]) or _regions(names[:2])
    if not regions:
        return Probed("found", detail=f"Google says {told}, which are no regions known here")
    return Probed("found", regions[0], regions[1:], f"Google says it is kept in both {told}")


def _regions(names: list[Any]) -> tuple[Region, ...]:
    def known() -> Iterator[Region]:
        for name in names:
            try:
                yield parse_region(f"gcp:{name}")
            except UnknownRegionError:
                continue

    return tuple(known())


def _reason(reply: Reply, question: Question) -> Probed:
    """Say why there is no location."""
    who = question.endpoint or "Google"
    if reply.status == 404:
        there = f" at {question.endpoint}" if question.endpoint else ""
        return Probed("missing", detail=f"there is no such bucket{there}")
    if reply.status == 400 and b"requester pays" in reply.body.lower():
        return Probed("refused", detail=f"{who} tells only a reader whose project pays")
    if reply.status in (401, 403):
        return Probed("refused", detail=f"{who} does not tell anybody, or there is no such bucket")
    if reply.status == 200:
        return Probed("silent", detail=f"{who} answered with no location")
    return Probed("silent", detail=f"{who} answered with status {reply.status}")


def endpoint(options: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """Give the endpoint that the administrator configured in Google's place."""
    named = str(options.get("endpoint_url") or environ.get("STORAGE_EMULATOR_HOST") or "")
    return named if not named or "://" in named else f"http://{named}"


def signed(options: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Say whether there are credentials that are found without asking a metadata server."""
    return _credentials(options, environ) is not None


def _credentials(options: Mapping[str, Any], environ: Mapping[str, str]) -> Any:
    token = options.get("token")
    if token == "anon":  # noqa: S105 - a way, not a token
        return None
    if token and not (isinstance(token, str) and token in _METHODS):
        return token
    return environ.get("GOOGLE_APPLICATION_CREDENTIALS") or None


def _token(question: Question) -> str:
    """Get a token of credentials; empty if they give none."""
    given = _credentials(question.options, question.environ)
    try:
        if isinstance(given, str) and not Path(given).is_file():
            if not given.lstrip().startswith("{"):
                return given if given.isascii() and given.isprintable() else ""
            given = json.loads(given)
        import google.auth as auth
        from google.auth.transport.requests import Request

        if isinstance(given, str):
            given, _ = auth.load_credentials_from_file(given, scopes=[_SCOPE])  # type: ignore[no-untyped-call]
        elif isinstance(given, Mapping):
            given, _ = auth.load_credentials_from_dict(dict(given), scopes=[_SCOPE])  # type: ignore[no-untyped-call]
        if not given.valid:
            given.refresh(partial(Request(), timeout=_SECONDS))
        return str(given.token or "")
    except Exception:  # noqa: BLE001 - whatever is wrong with them, they are of no use
        return ""


register(
    ProviderProbe(
        "gcp",
        "gs",
        re.compile(
            r"(?=.{3,222}$)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)"
            r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*"
        ),
        endpoint,
        signed,
        probe,
    )
)

"""Asks Amazon S3 in which region a bucket is: HeadBucket, anonymously first."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.locations.forms.aws import read
from multicloud_lab.locations.probe import Probed, ProviderProbe, Question, Reply, register
from multicloud_lab.regions import parse_region

_HOST = "https://s3.amazonaws.com"
_HEADER = "x-amz-bucket-region"
_SAID = re.compile(rb"<(?:Region|LocationConstraint)\b[^>]*>([a-zA-Z0-9-]{2,40})<")
_EMPTY = re.compile(rb"<LocationConstraint\b[^>]*(?:/>|></LocationConstraint>)")
_ENDPOINT = re.compile(rb"<Endpoint>([a-zA-Z0-9.-]{2,300})<")
_OLD_NAMES = {"EU": "eu-west-1", "US": "us-east-1"}
_SECONDS = 4
"""What one signed request may take to connect, and to be answered."""
_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


async def probe(question: Question) -> Probed:
    """Ask for the bucket's head, then for its location, then the head again with credentials.

    Its owner's rights do not matter for the first: the answer's header names the region even
    where access is denied or the bucket is elsewhere. Some answers lack it.
    """
    base = _address(question)
    head = await question.ask("HEAD", base, {})
    found = _of_head(head, question)
    if found is not None:
        return found
    if head.status in (200, 301, 307, 400, 403):
        location = await question.ask("GET", f"{base}?location", {})
        found = _of_head(location, question) or _of_body(location, question)
        if found is not None:
            return found
    if head.status in (401, 403) and signed(question.options, question.environ):
        found = await asyncio.to_thread(_with_credentials, question)
        if found is not None:
            return found
    who = question.endpoint or "S3"
    if head.status in (401, 403):
        return Probed("refused", detail=f"{who} denies access and does not tell the region")
    if head.status in (200, 301, 307, 400):
        return Probed("refused", detail=f"{who} does not tell the region")
    return Probed("silent", detail=f"{who} answered with status {head.status}")


def _address(question: Question) -> str:
    """Give the bucket's address, in path style.

    No certificate covers a host of a name with dots; and of one host there is one name to be
    resolved and connections to be kept, where each bucket's own would take a look-up apiece.
    """
    return f"{question.endpoint or _HOST}/{question.bucket}"


def _of_head(reply: Reply, question: Question) -> Probed | None:
    if reply.status == 404:
        return _missing(question)
    said = reply.headers.get(_HEADER, "")
    return _in(said, question) if said else None


def _of_body(reply: Reply, question: Question) -> Probed | None:
    said = _SAID.search(reply.body)
    if said is not None:
        return _in(said[1].decode(), question)
    # To the first region S3 gives an empty name; another store means nothing by it.
    if reply.status == 200 and not question.endpoint and _EMPTY.search(reply.body):
        return _in("us-east-1", question)
    endpoint = _ENDPOINT.search(reply.body)
    address = read(urlsplit(f"https://{endpoint[1].decode()}/")) if endpoint is not None else None
    if address is not None and address.region:
        return _in(address.region.partition(":")[2], question)
    return None


def _missing(question: Question) -> Probed:
    there = f" at {question.endpoint}" if question.endpoint else ""
    return Probed("missing", detail=f"there is no such bucket{there}")


def _in(said: str, question: Question) -> Probed:
    name = _OLD_NAMES.get(said, said)[:40]
    who = question.endpoint or "S3"
    try:
        region = parse_region(f"aws:{name}")
    except UnknownRegionError:
        return Probed("found", detail=f"{who} says {name!r}, which is no region of AWS known here")
    return Probed("found", region, detail=f"{who} says {name}")


def _with_credentials(question: Question) -> Probed | None:
    """Ask with the administrator's or the environment's credentials; None if that tells nothing."""
    try:
        from s3fs import S3FileSystem
    except ImportError:
        return None
    options = {**question.options, "anon": False, "skip_instance_cache": True}
    limits = {"connect_timeout": _SECONDS, "read_timeout": _SECONDS, "retries": {"max_attempts": 0}}
    options["config_kwargs"] = {**(options.get("config_kwargs") or {}), **limits}
    if question.endpoint:
        options["endpoint_url"] = question.endpoint
        client = dict(options.pop("client_kwargs", None) or {})
        client.pop("endpoint_url", None)
        options["client_kwargs"] = client
    try:
        answer = S3FileSystem(**options).call_s3("head_bucket", Bucket=question.bucket)
    except Exception as error:  # noqa: BLE001 - botocore, s3fs and their settings raise anything
        answer = _response(error)
    metadata = answer.get("ResponseMetadata", {})
    said = answer.get("BucketRegion") or metadata.get("HTTPHeaders", {}).get(_HEADER)
    if metadata.get("HTTPStatusCode") == 404:
        return _missing(question)
    return _in(str(said), question) if said else None


def _response(error: BaseException | None) -> dict[str, Any]:
    """Find the provider's answer in an error, which s3fs wraps in one of its own."""
    while error is not None:
        response = getattr(error, "response", None)
        if isinstance(response, dict):
            return response
        error = error.__cause__ or error.__context__
    return {}


def endpoint(options: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """Give the endpoint that the administrator configured in S3's place."""
    client = options.get("client_kwargs")
    named = options.get("endpoint_url") or (
        client.get("endpoint_url") if isinstance(client, Mapping) else None
    )
    return str(named or environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or "")


def signed(options: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Say whether there are credentials: the bucket's own, or the environment's."""
    if options.get("anon"):
        return False
    own = ("key", "secret", "token", "profile", "session")
    return any(options.get(name) for name in own) or any(environ.get(n) for n in _CREDENTIALS)


register(
    ProviderProbe(
        "aws",
        "s3",
        re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        endpoint,
        signed,
        probe,
    )
)

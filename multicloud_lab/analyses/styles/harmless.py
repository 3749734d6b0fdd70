"""What of fsspec's options may stand in a notebook: what is known to be no secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_TOKENS = frozenset({"anon", "cloud", "google_default", "browser"})


def harmless(options: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of fsspec options what is known to be no secret: by key, and by value."""
    kept: dict[str, Any] = {
        key: options[key]
        for key in ("anon", "requester_pays")
        if isinstance(options.get(key), bool)
    }
    token = options.get("token")
    if isinstance(token, str) and token in _TOKENS:
        kept["token"] = token
    account = options.get("account_name")
    if isinstance(account, str) and account.isascii() and account.isalnum():
        kept["account_name"] = account
    if _is_address(options.get("endpoint_url")):
        kept["endpoint_url"] = options["endpoint_url"]
    client = options.get("client_kwargs")
    if isinstance(client, Mapping) and _is_address(client.get("endpoint_url")):
        kept["client_kwargs"] = {"endpoint_url": client["endpoint_url"]}
    return kept


def _is_address(value: Any) -> bool:
    """Say whether this is a URL that holds neither a user's name nor a query."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        return False
    parts = urlsplit(value)
    return "@" not in parts.netloc and not parts.query and not parts.fragment

"""Whether a store can be read from anywhere with the rights that its own options name."""

from __future__ import annotations

from typing import Any

_ANYBODY = ("file", "local", "http", "https")
_KEYS = ("key", "secret", "access_key_id", "secret_access_key", "account_key", "sas_token")


def portable(store: Any) -> bool:
    """Say whether a worker in another region may read a store as one beside it does.

    Workers have the rights of their own region. A store that is read as anybody, or with keys that
    are in its options and so travel with the graph, does not depend on them.

    Parameters
    ----------
    store : zarr.abc.store.Store
    """
    filesystem = getattr(store, "fs", None)
    if filesystem is not None:
        return _is_portable(filesystem)
    if type(store).__name__ == "LocalStore":
        return True
    config = getattr(getattr(store, "store", None), "config", None)
    if not isinstance(config, dict):
        return False
    return bool(config.get("skip_signature")) or any(name in config for name in _KEYS)


def _is_portable(filesystem: Any) -> bool:
    filesystem = getattr(filesystem, "sync_fs", filesystem)
    protocols = filesystem.protocol
    protocol = protocols if isinstance(protocols, str) else protocols[0]
    options = filesystem.storage_options
    if protocol in ("reference", "dir"):
        return False
    if protocol in _ANYBODY:
        return True
    anonymous = options.get("anon") is True or options.get("token") == "anon"
    given = any(options.get(name) for name in _KEYS) or isinstance(options.get("token"), dict)
    return anonymous or given

"""Where an entry's bytes are: the copy that it opens, and the further ones that it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multicloud_lab.catalogs.declared import Declared, declared
from multicloud_lab.catalogs.entry import Copy
from multicloud_lab.catalogs.reading import endpoint_of
from multicloud_lab.catalogs.values import mapping, text, yes

MAX_COPIES = 50


def copies(
    url: str, options: object, where: Declared, metadata: Mapping[Any, Any]
) -> tuple[Copy, ...]:
    """Give the copies of an entry, its own first.

    Parameters
    ----------
    url : str
        Of its own copy.
    options : object
        The fsspec options that its catalog opens that with.
    where : Declared
        What is declared of that.
    metadata : mapping
        Its own; ``replicas`` in it is a list of mappings, each with a ``url`` and, if told,
        ``region``, ``requester_pays`` and the ``storage_options`` to open it with.
    """
    found = {url: _copy(url, mapping(options), where)}
    for replica in replicas(metadata):
        address = replica["url"]
        found.setdefault(
            address,
            _copy(address, mapping(replica.get("storage_options")), declared(replica, address)),
        )
    return tuple(found.values())


def replicas(metadata: Mapping[Any, Any]) -> list[Mapping[str, Any]]:
    """Give the further copies that metadata tell of, each with its ``url``."""
    listed = metadata.get("replicas")
    if not isinstance(listed, list):
        return []
    told = [{"url": item} if isinstance(item, str) else mapping(item) for item in listed]
    return [item for item in told if text(item.get("url"))][:MAX_COPIES]


def _copy(url: str, options: Mapping[Any, Any], where: Declared) -> Copy:
    return Copy(
        url=url,
        region=where.region,
        detail=where.detail,
        requester_pays=where.requester_pays or yes(options.get("requester_pays")),
        endpoint=endpoint_of(options),
    )

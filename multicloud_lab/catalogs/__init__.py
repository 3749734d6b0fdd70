"""What there is: catalogs read without running anything of theirs, and searched."""

from __future__ import annotations

from multicloud_lab.catalogs.data_formats import format_of_url, stem
from multicloud_lab.catalogs.document import parse_document
from multicloud_lab.catalogs.entry import Copy, Entry
from multicloud_lab.catalogs.fetch import is_local
from multicloud_lab.catalogs.index import CatalogIndex, Found, Site
from multicloud_lab.catalogs.index.sources import RegistryRow
from multicloud_lab.catalogs.reader import read_catalog
from multicloud_lab.catalogs.trust import untrusted_reasons

__all__ = [
    "CatalogIndex",
    "Copy",
    "Entry",
    "Found",
    "RegistryRow",
    "Site",
    "format_of_url",
    "is_local",
    "parse_document",
    "read_catalog",
    "stem",
    "untrusted_reasons",
]

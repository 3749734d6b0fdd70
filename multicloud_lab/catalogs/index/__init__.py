"""The index of all datasets, in a SQLite file: searched, narrowed, paged, and got by id."""

from __future__ import annotations

from multicloud_lab.catalogs.index.catalog_index import CatalogIndex
from multicloud_lab.catalogs.index.searching import Found
from multicloud_lab.catalogs.index.sites import Site

__all__ = ["CatalogIndex", "Found", "Site"]

"""What one catalog and all that is below it may have fetched: its folder, and public addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from multicloud_lab.catalogs.fetch import Options, directory_of, is_local, normal_url
from multicloud_lab.errors import AddressRefusedError, CatalogError
from multicloud_lab.hosts import (
    STORES,
    Allowed,
    allowed_by,
    anonymous,
    check_address,
    guarded,
    shown,
)

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be fetched for one configured catalog.

    Parameters
    ----------
    folder : str
        Normal URL, without a slash at the end, of the folder that has the configured file.
        Whatever is in it may be read, with the credentials that the file is read with.
    administrator : callable
        Gives the administrator's fsspec options for a URL; none if it is not named.
    allowed : callable
        Says whether the administrator named a URL, so that it is read wherever it is.
    """

    folder: str
    administrator: Options = field(repr=False)
    allowed: Allowed = field(repr=False)

    @classmethod
    def of(cls, url: str, options: Options, *, is_folder: bool = False) -> Reach:
        """Give the reach of a configured file or folder, by its normal URL.

        What has options of the administrator has been named by them.
        """
        own = allowed_by([url])

        def allowed(other: str) -> bool:
            return bool(options(other)) or (not is_local(other) and own(other))

        folder = url.rstrip("/") if is_folder else directory_of(url)
        return cls(folder, options, allowed)

    def child(self, reference: str, parent: str) -> str:
        """Give the normal URL of a file that a file names.

        Parameters
        ----------
        reference : str
            As it stands there: relative, a path, or a URL.
        parent : str
            Normal URL of the file that names it.

        Raises
        ------
        CatalogError
            It may not be read: it leaves the folder by a path, it is a file of this machine that a
            remote catalog names, it is inside this network, or it is no plain address.
        """
        if "::" in reference:
            raise CatalogError(
                f"{shown(reference)} holds ::, which chains file systems, and is not read."
            )
        relative = not _SCHEME.match(reference) and not reference.startswith("/")
        url = normal_url(f"{directory_of(parent)}/{reference}" if relative else reference)
        if is_local(url) and not is_local(parent):
            raise CatalogError(
                f"{shown(parent)} is remote but names {reference!r}, a file of this machine."
            )
        if self._within(url):
            return url
        climbs = ".." in unquote(reference).split("/")
        if climbs or (relative and self._within(parent)) or _enclosed(url):
            if _enclosed(url) and self.administrator(url):
                return url
            raise CatalogError(
                f"{shown(url)} is outside {shown(self.folder)}, the folder of the configured "
                "catalog, so it is not read; if it is meant, list it in catalogs."
            )
        try:
            check_address(url, allowed=lambda other: bool(self.administrator(other)))
        except AddressRefusedError as error:
            raise CatalogError(f"{shown(url)} is not read. {error}") from error
        return url

    def options(self, url: str) -> dict[str, Any]:
        """Give the fsspec options that a URL is read with: guarded, and nobody else's credentials.

        Raises
        ------
        AddressRefusedError
            Its host is inside this network.
        """
        options = self.administrator(url)
        scheme = url.partition("://")[0]
        if not options and scheme in STORES and not self._within(url):
            options = anonymous(scheme)
        return guarded(url, options, self.allowed)

    def _within(self, url: str) -> bool:
        if ".." in unquote(url).split("/"):
            return False
        if is_local(url) and is_local(self.folder):
            return Path(url).resolve().is_relative_to(Path(self.folder or "/").resolve())
        return url.startswith(f"{self.folder}/")


def _enclosed(url: str) -> bool:
    """Say whether a URL is of this machine, so that all but the folder is nobody's business."""
    return is_local(url) or url.startswith("memory://")

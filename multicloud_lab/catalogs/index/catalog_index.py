"""The index of all datasets: replaced catalog by catalog, searched page by page, got by id."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from multicloud_lab import records as r
from multicloud_lab.catalogs.entry import Entry
from multicloud_lab.catalogs.index import sites, sources
from multicloud_lab.catalogs.index.database import Database
from multicloud_lab.catalogs.index.reading import place_of, read_datasets, read_entries
from multicloud_lab.catalogs.index.searching import Found, Search
from multicloud_lab.catalogs.index.state import State, generation, read_state
from multicloud_lab.catalogs.index.writing import Prepared, put, reroot
from multicloud_lab.regions import Region


class CatalogIndex:
    """All datasets of all catalogs, kept in a file.

    Every method may be called in any thread, and other processes may have the file open too: a
    reader sees the last whole state, writers wait for each other.

    Parameters
    ----------
    path : Path or None
        None: in memory. A file that is damaged, or of another version, is made anew.
    """

    def __init__(self, path: Path | None) -> None:
        self._database = Database(path)
        self._state: State | None = None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def replace(
        self,
        catalog: str,
        url: str,
        entries: Sequence[Entry],
        *,
        root_of: sites.RootOf,
        at: float,
    ) -> bool:
        """Put what was read of a catalog in place of what was there: whole or not at all.

        Parameters
        ----------
        catalog : str
            Its name.
        url : str
            Of its top file.
        entries : sequence of Entry
            In the catalog's order, each with another path.
        root_of : callable
            Gives the root of the site of a URL and its endpoint.
        at : float
            When it was read, seconds since 1970.

        Returns
        -------
        bool
            Whether anything but the time is another: the entries, or that there was a problem.
        """
        prepared = Prepared.of(catalog, entries)

        def same(connection: sqlite3.Connection) -> bool:
            return sources.unchanged(connection, "catalog", catalog, url, prepared.hash)

        # Words take long to find: not while others wait, and not for what is there already.
        if not self._database.read(same):
            prepared.find_words()

        def work(connection: sqlite3.Connection) -> bool:
            changed = not same(connection)
            source = sources.find(connection, "catalog", catalog, url)
            if changed:
                prepared.find_words()
                put(connection, source, prepared, root_of)
            mended = sources.noted(
                connection, source, at=at, count=len(entries), digest=prepared.hash
            )
            return changed or mended

        return self._database.write(work)

    def replace_registry(
        self, name: str, url: str, found: Sequence[sources.RegistryRow], *, at: float
    ) -> bool:
        """Put what was read of a registry in place of what was there; as for a catalog."""
        written = sources.registry_written(found)
        digest = hashlib.blake2b(written.encode(), digest_size=16).digest()

        def work(connection: sqlite3.Connection) -> bool:
            changed = not sources.unchanged(connection, "registry", name, url, digest)
            source = sources.find(connection, "registry", name, url)
            if changed:
                sources.registry_put(connection, source, written)
            mended = sources.noted(connection, source, at=at, count=len(found), digest=digest)
            return changed or mended

        return self._database.write(work)

    def failed(self, name: str, url: str, problem: str, *, kind: sources.Kind = "catalog") -> None:
        """Note why a catalog or registry cannot be read; what was there stays, as stale."""

        def work(connection: sqlite3.Connection) -> None:
            source = sources.find(connection, kind, name, url)
            sources.failed(connection, source, sites.plain(problem))

        self._database.write(work)

    def keep_only(
        self, catalogs: Mapping[str, str], registries: Mapping[str, str] | None = None
    ) -> None:
        """Put the catalogs, and the registries, in the order configured, and drop all others.

        Parameters
        ----------
        catalogs, registries : mapping
            Names and URLs. What is at another URL now is dropped as well. None: registries stay
            as they are.
        """

        def work(connection: sqlite3.Connection) -> None:
            sources.keep_only(connection, "catalog", catalogs)
            if registries is not None:
                sources.keep_only(connection, "registry", registries)

        self._database.write(work)

    def reroot(self, key: str, root_of: sites.RootOf) -> None:
        """Assign copies to their sites again, if what that goes by has changed.

        Parameters
        ----------
        key : str
            Stands for what ``root_of`` goes by, as a fingerprint of the configured prefixes.
        root_of : callable
        """

        def kept(connection: sqlite3.Connection) -> bool:
            return bool(connection.execute("SELECT roots = ? FROM state", (key,)).fetchone()[0])

        def work(connection: sqlite3.Connection) -> None:
            if not kept(connection):
                reroot(connection, root_of)
                connection.execute("UPDATE state SET roots = ?", (key,))

        if not self._database.read(kept):
            self._database.write(work)

    def sites(self) -> list[sites.Site]:
        """List the sites of all copies."""
        return self._database.read(sites.all_sites)

    def settle(self, located: Mapping[int, r.Location]) -> bool:
        """Note where sites are, by their ids; say whether anything changed."""
        return self._database.write(lambda connection: sites.settle(connection, located))

    def statuses(self) -> tuple[r.CatalogStatus, ...]:
        """Say how each catalog and registry is, in the order configured."""
        return self._database.read(sources.statuses)

    def registry_rows(self, name: str) -> list[sources.RegistryRow]:
        """Give the URLs of a registry with their regions and details."""
        return self._database.read(lambda connection: sources.registry_rows(connection, name))

    def declared_at(self, urls: Sequence[str]) -> list[tuple[str, Region, str]]:
        """List what catalogs declare of sites with exactly one of these roots.

        Returns
        -------
        list of tuple
            Name of the catalog, the region, and the root; in the order of the roots, then that
            of the catalogs.
        """
        return self._database.read(lambda connection: sites.declared_at(connection, urls))

    def get(self, dataset_id: str) -> r.Dataset:
        """Give a dataset by its id or an alias of it.

        Raises
        ------
        DatasetNotFoundError
            There is none; the message suggests a close one.
        """

        def work(connection: sqlite3.Connection) -> r.Dataset:
            state = self._state_of(connection)
            return read_datasets(connection, state, [place_of(connection, state, dataset_id)])[0]

        return self._database.read(work)

    def entry(self, dataset_id: str) -> Entry:
        """Give what a catalog says of a dataset, by its id or an alias of it.

        Raises
        ------
        DatasetNotFoundError
            There is none; the message suggests a close one.
        """

        def work(connection: sqlite3.Connection) -> Entry:
            state = self._state_of(connection)
            place = place_of(connection, state, dataset_id)
            return read_entries(connection, state, [place])[place][1]

        return self._database.read(work)

    def search(
        self,
        query: r.DatasetQuery,
        *,
        near: Callable[[Region], bool] = lambda region: False,
        in_region: Region | None = None,
    ) -> Found:
        """Find datasets.

        Every word of the text must begin one of a dataset's: in its id, name, title, description,
        tags, variables or URLs. Those that have the words in their name or title come first,
        then those that have the very words; equal ones, and all if there is no text, are in the
        catalogs' own order.

        Parameters
        ----------
        query : DatasetQuery
        near : callable
            Whether a gateway is in a region, or inside it.
        in_region : Region, optional
            Only datasets whose bytes are there, or in a multi-region around it.

        Raises
        ------
        InvalidInputError
            A provider, a region pattern, the text or the cursor cannot be used.
        """
        search = Search.of(query, near, in_region)
        return self._database.read(
            lambda connection: search.run(connection, self._state_of(connection))
        )

    def _state_of(self, connection: sqlite3.Connection) -> State:
        """Give the state that a connection sees; a newer one is not put aside for it."""
        state = self._state
        if state is None or state.generation != generation(connection):
            state = read_state(connection, state)
            if self._state is None or self._state.generation < state.generation:
                self._state = state
        return state

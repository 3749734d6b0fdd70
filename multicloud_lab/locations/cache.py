"""Answers of probes, kept in a SQLite file that several processes share."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast, get_args

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.locations.probe import Outcome, Probed
from multicloud_lab.regions import Region

_log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS probes (
    bucket TEXT PRIMARY KEY, outcome TEXT NOT NULL, region TEXT NOT NULL, also TEXT NOT NULL,
    detail TEXT NOT NULL, asked REAL NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
"""
_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_FORMAT"}
_BUSY_SECONDS = 2.0


class ProbeCache:
    """Answers by bucket; a damaged file is replaced, and one that cannot be used done without.

    Every method blocks; each opens the file anew, so that processes and threads may share it.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told = False

    def get(self, buckets: Iterable[str]) -> dict[str, Probed]:
        """Give what is kept of some buckets, whatever its age."""
        wanted = list(buckets)
        found: dict[str, Probed] = {}

        def read(connection: sqlite3.Connection) -> None:
            for bucket in wanted:
                row = connection.execute(
                    "SELECT outcome, region, also, detail, asked FROM probes WHERE bucket = ?",
                    (bucket,),
                ).fetchone()
                probed = _probed(row) if row is not None else None
                if probed is not None:
                    found[bucket] = probed

        if wanted:
            self._do(read)
        return found

    def put(self, answers: Mapping[str, Probed]) -> None:
        """Keep answers, in the place of older ones."""
        rows = [
            (bucket, p.outcome, str(p.region or ""), " ".join(map(str, p.also)), p.detail, p.asked)
            for bucket, p in answers.items()
        ]

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO probes VALUES (?,?,?,?,?,?)", rows)

        if rows:
            self._do(write)

    def _do(self, work: Callable[[sqlite3.Connection], None]) -> None:
        for again in (True, False):
            try:
                with self._open() as connection:
                    work(connection)
            except (sqlite3.Error, OSError) as error:
                if again and getattr(error, "sqlite_errorname", "") in _DAMAGED:
                    self._replace()
                    continue
                self._tell(error)
            return

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version != _VERSION:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
            yield connection
        finally:
            connection.close()

    def _replace(self) -> None:
        _log.warning("%s is damaged; a new one takes its place", self._path)
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                Path(f"{self._path}{end}").unlink()

    def _tell(self, error: Exception) -> None:
        if not self._told:
            self._told = True
            _log.warning("Probes are not kept in %s: %s", self._path, error)


def _probed(row: tuple[str, str, str, str, float]) -> Probed | None:
    """Read a row; None if it is none that this program wrote."""
    outcome, region, also, detail, asked = row
    try:
        regions = [Region.from_text(str(name)) for name in str(also).split()]
        found = Region.from_text(str(region)) if region else None
        if outcome in get_args(Outcome):
            return Probed(cast(Outcome, outcome), found, tuple(regions), str(detail), float(asked))
    except (UnknownRegionError, ValueError):
        pass
    return None

"""A GCS API on this machine: gcp-storage-emulator, served by threads over kept connections.

Run as ``python -m multicloud_lab.demo.gcs_emulator HOST PORT DIRECTORY``.
"""

from __future__ import annotations

import sys
import threading
from functools import partial, partialmethod
from http.server import ThreadingHTTPServer

from gcp_storage_emulator.server import RequestHandler, Router
from gcp_storage_emulator.storage import Storage


class _Handler(RequestHandler):  # type: ignore[misc] # the emulator has no types
    """The emulator's handler, which as shipped closes the connection after each object."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: no wait for a delayed acknowledgement
    _index = threading.Lock()  # the emulator's list of objects is not safe for threads

    def _change(self, method: str) -> None:
        with self._index:
            Router(self).handle(method)

    do_POST = partialmethod(_change, "POST")  # noqa: N815 - named by http.server
    do_PUT = partialmethod(_change, "PUT")  # noqa: N815 - named by http.server
    do_PATCH = partialmethod(_change, "PATCH")  # noqa: N815 - named by http.server
    do_DELETE = partialmethod(_change, "DELETE")  # noqa: N815 - named by http.server


def main(arguments: list[str]) -> None:
    """Serve until killed."""
    host, port, directory = arguments
    handler = partial(_Handler, Storage(data_dir=directory))
    with ThreadingHTTPServer((host, int(port)), handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])

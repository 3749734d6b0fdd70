"""Where a dashboard is at its gateway: which addresses and headers may pass, and which not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from multicloud_lab.errors import ClusterNotFoundError, GatewayUnreachableError, InvalidInputError

# What is not named here does not pass: no login, cookie, token or referrer of the reader goes out,
# and no cookie, or right for another origin, comes in.
_REQUEST_HEADERS = (
    "Accept",
    "Accept-Language",
    "Cache-Control",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "Range",
    "User-Agent",
)
_RESPONSE_HEADERS = (
    "Accept-Ranges",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Expires",
    "Last-Modified",
    "Vary",
)
_NO_BODY = (204, 304)
# Jupyter's own, in the query of any request.
_JUPYTERS = ("token", "_xsrf")


@dataclass(frozen=True, slots=True)
class Place:
    """The dashboards of one cluster, seen from both sides.

    Parameters
    ----------
    upstream : str
        URL of the dashboards at the gateway.
    path : str
        Of the same on this server, as the request has it.
    page : str
        What follows in the request, empty or with its slash.
    name : str
        In messages.
    """

    upstream: str
    path: str
    page: str
    name: str

    @property
    def origin(self) -> str:
        """The origin that Bokeh takes as its own."""
        parts = urlsplit(self.upstream)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def down(self) -> str:
        """What is said when nobody answers."""
        return f"The dashboard of {self.name} does not answer; its gateway may be down."

    @property
    def elsewhere(self) -> str:
        """What is said when the gateway, or the cluster, sends to another place."""
        return (
            f"The dashboard of {self.name} leads elsewhere, where it is not followed; ask who "
            "runs its gateway."
        )

    def target(self, query: str) -> str:
        """Give the URL at the gateway that a request with a query string is for.

        Raises
        ------
        InvalidInputError
            The path would leave the dashboards of this cluster.
        """
        if not _stays_below(self.page):
            raise InvalidInputError("The path of a dashboard cannot hold '..' or encoded slashes.")
        pairs = [
            (key, value)
            for key, value in parse_qsl(query, keep_blank_values=True)
            if key not in _JUPYTERS
        ]
        url = self.upstream.rstrip("/") + self.page
        return f"{url}?{urlencode(pairs)}" if pairs else url

    def rewritten(self, url: str, location: str) -> str:
        """Give the place on this server that a redirect of the gateway leads to.

        Parameters
        ----------
        url : str
            That answered with the redirect.
        location : str
            Where it leads to.

        Raises
        ------
        GatewayUnreachableError
            It leads elsewhere.
        """
        base, target = urlsplit(self.upstream.rstrip("/")), urlsplit(urljoin(url, location))
        page = target.path.removeprefix(base.path)
        if (
            (target.scheme, target.netloc) != (base.scheme, base.netloc)
            or not target.path.startswith(base.path + "/")
            or not _stays_below(page)
        ):
            raise GatewayUnreachableError(self.elsewhere)
        return target._replace(scheme="", netloc="", path=self.path + page).geturl()

    def check(self, status: int) -> None:
        """Say in words what the gateway says by a status.

        Raises
        ------
        ClusterNotFoundError
            It knows no such page: the cluster is gone, as a rule.
        GatewayUnreachableError
            It cannot reach the cluster.
        """
        if status == 404:
            raise ClusterNotFoundError(
                f"There is no such dashboard of {self.name}; the cluster may be gone."
            )
        if status >= 500:
            raise GatewayUnreachableError(f"{self.down[:-1]} (HTTP {status}).")


def request_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Give the headers of a reader that the dashboards may see."""
    passed = {name: headers[name] for name in _REQUEST_HEADERS if name in headers}
    # Bodies are passed on as they come, so only what the reader understands may be asked for.
    return {**passed, "Accept-Encoding": headers.get("Accept-Encoding", "identity")}


def response_headers(headers: Mapping[str, str], status: int) -> Iterator[tuple[str, str]]:
    """Give the headers of the dashboards that a reader may see."""
    for name in _RESPONSE_HEADERS:
        if name in headers and not (name == "Content-Length" and status in _NO_BODY):
            yield name, headers[name]


def _stays_below(page: str) -> bool:
    """Say whether a path stays where it is, however often somebody decodes it."""
    if page and not page.startswith("/"):
        return False
    for segment in page.split("/"):
        decoded = segment
        while (again := unquote(decoded)) != decoded:
            decoded = again
        if decoded in (".", "..") or any(mark in decoded for mark in "/\\\0\r\n"):
            return False
    return True

"""Which hosts what somebody else wrote may make this process contact: public ones alone.

A catalog names addresses, and a server that follows them is inside a network that its writer is
not in. A check of the text stops what is plainly inside before any packet leaves; a guard in the
HTTP session stops names and redirects that lead there.
"""

from __future__ import annotations

import re
import socket
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from multicloud_lab.errors import AddressRefusedError

if TYPE_CHECKING:
    import aiohttp

Allowed = Callable[[str], bool]
"""Says whether the administrator named a URL, so that it may be contacted wherever it is."""

WEB = frozenset({"http", "https"})
STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl"})
"""Schemes whose URL names a bucket: the host is its provider's, or one that was configured."""

# Names of networks that are not the internet, some of them reserved (RFC 6761, 6762, 8375, ICANN).
_INSIDE = frozenset(
    {"localhost", "local", "internal", "localdomain", "home.arpa", "lan", "home", "corp"}
    | {"intranet", "private", "svc"}
)
_NAT64 = IPv6Network("64:ff9b::/96")
# Azure answers every machine of its own here, and it is no private address (Microsoft Learn, "What
# is IP address 168.63.129.16?", read 2026-11-22).
_ODD = frozenset({IPv4Address("168.63.129.16")})
_SHOWN = 500
_PORTS = {"http": 80, "https": 443}


def shown(url: str) -> str:
    """Give a URL for a message: short, and without credentials, which a query may hold as well."""
    if "://" not in url:
        return url[:_SHOWN]
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))[:_SHOWN]


def check_address(url: str, *, allowed: Allowed) -> None:
    """Refuse a URL whose host is plainly inside this network, or that is no host's at all.

    Nothing is looked up: what a public name leads to is checked when it is contacted, see
    :func:`guarded`.

    Parameters
    ----------
    url : str
        As fsspec takes it.
    allowed : callable
        Says whether the administrator named it.

    Raises
    ------
    AddressRefusedError
        It is a loopback, private or link-local address in whatever spelling, a name that is
        only known inside a network, a file of this machine, a chain of file systems, or of an
        unusual scheme, and is not allowed.
    """
    if allowed(url):
        return
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if "::" in url.partition("//")[0]:
        raise AddressRefusedError("A chain of file systems (::) is not opened for a catalog.")
    if scheme in ("", "file", "local"):
        raise AddressRefusedError(_sentence("a file of this machine"))
    if scheme in STORES or scheme == "memory":
        return
    if scheme not in WEB:
        raise AddressRefusedError(f"{scheme[:40]}:// is not a kind of address that is contacted.")
    _check_host(_parts(url).hostname or "")


def guarded(url: str, options: Mapping[str, Any], allowed: Allowed) -> dict[str, Any]:
    """Give fsspec options with which neither a name nor a redirect leads inside this network.

    Parameters
    ----------
    url : str
        That is to be opened with them; it is checked with :func:`check_address`.
    options : mapping
        Of the administrator, or known to be safe. An endpoint in them is contacted as it is.
    allowed : callable
        Says whether the administrator named a URL.

    Raises
    ------
    AddressRefusedError
        As :func:`check_address`. The file system raises it later if a redirect or a name leads
        to such an address; it may be the cause of the error that is seen.
    """
    check_address(url, allowed=allowed)
    if url.partition("://")[0].lower() not in WEB:
        return dict(options)
    # An instance that is cached would keep its session, and the guard with it, for ever.
    return {
        **options,
        "get_client": partial(_session, allowed, _proxied(options)),
        "skip_instance_cache": True,
    }


def anonymous(protocol: str) -> dict[str, Any]:
    """Give the fsspec options that read a public store without anybody's credentials."""
    if protocol in ("s3", "s3a", "az", "abfs", "abfss"):
        return {"anon": True}
    return {"token": "anon"} if protocol in ("gs", "gcs") else {}


def allowed_by(named: Iterable[str]) -> Allowed:
    """Give a function that says whether a URL is one of those that the administrator named.

    Parameters
    ----------
    named : iterable of str
        Of the web its scheme, host and port count; of all else, what is below it.
    """
    prefixes = tuple(named)
    origins = {_origin(_parts(url)) for url in prefixes if _is_web(url)}
    folders = tuple(url.rstrip("/") for url in prefixes if not _is_web(url))

    def allowed(url: str) -> bool:
        if _is_web(url):
            return _origin(_parts(url)) in origins
        if "/.." in url:
            return False
        return any(url == folder or url.startswith(f"{folder}/") for folder in folders)

    return allowed


def _check_host(host: str) -> None:
    """Refuse a host by its text alone."""
    # Resolvers and HTTP libraries fold case, width and dots, so the check does first.
    name = unicodedata.normalize("NFKC", host).lower().replace("\u3002", ".").rstrip(".")
    plain = name.partition("%")[0] if ":" in name else name  # an IPv6 address may have a scope
    if not name or re.search(r"[\s\x00-\x1f\x7f\\%]", plain):
        raise AddressRefusedError(f"{host[:80]!r} is not the name of a host.")
    address = _literal(name)
    if address is not None:
        _check_ip(address, host)
        return
    labels = name.split(".")
    # Some resolvers read a name that ends in a number as an address, others do not.
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        raise AddressRefusedError(f"{host[:80]!r} is neither a name nor an address.")
    if len(labels) == 1 or any(".".join(labels[i:]) in _INSIDE for i in range(len(labels))):
        raise AddressRefusedError(_sentence(f"{host[:80]!r}, a name inside a network"))


def _check_ip(address: IPv4Address | IPv6Address, host: str) -> None:
    inner = _embedded(address)
    if inner.is_global and not inner.is_multicast and inner not in _ODD:
        return
    kind = "link-local" if inner.is_link_local else "private"
    told = f"{host[:80]} ({inner})" if str(inner) != host else host
    raise AddressRefusedError(_sentence(f"{told}, a {kind} address"))


def _sentence(what: str) -> str:
    return (
        f"What a catalog names may not be {what}. If that is meant, name it in the "
        "configuration: in catalogs, or as a prefix in storage_options."
    )


def _literal(name: str) -> IPv4Address | IPv6Address | None:
    """Read an address in any spelling that a resolver would take for one."""
    try:
        return ip_address(name)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(name))  # 127.1, 0x7f000001, 2130706433, 0177.0.0.1
    except OSError:
        return None


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    compatible = IPv4Address(int(address)) if 1 < int(address) < 1 << 32 else None
    return address.ipv4_mapped or address.sixtofour or teredo or compatible or address


def _is_web(url: str) -> bool:
    return url.partition("://")[0].lower() in WEB


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises if it is none)
    except ValueError:
        raise AddressRefusedError("An address that a catalog names cannot be read.") from None
    if "\\" in parts.netloc:
        raise AddressRefusedError("An address that a catalog names has a backslash in its host.")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(scheme, 0)


def _proxied(options: Mapping[str, Any]) -> bool:
    client = options.get("client_kwargs") or {}
    return bool(options.get("proxy") or client.get("proxy") or client.get("trust_env"))


async def _session(allowed: Allowed, proxied: bool, **options: Any) -> aiohttp.ClientSession:
    """Make the session of an fsspec HTTP file system, guarded."""
    import aiohttp

    from multicloud_lab import names

    class Resolver(names.Resolver):
        """Gives public addresses alone, so that no other can be connected to."""

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[Any]:
            found = await super().resolve(host, port, family)
            literal = f"[{host}]" if ":" in host else host
            if any(allowed(f"{scheme}://{literal}:{port}/") for scheme in WEB):
                return found
            refusals: list[AddressRefusedError] = []
            public = [result for result in found if not _refused(result["host"], refusals)]
            if not public and refusals:
                raise AddressRefusedError(f"{host} leads inside this network. {refusals[0]}")
            return public

    async def check(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        # Once for each redirect, too, and with the URL as aiohttp itself read it.
        if not allowed(str(request.url)):
            _check_host(request.url.raw_host or "")
        return await handler(request)

    # A proxy is the administrator's own, and it is the proxy that looks names up.
    resolver = None if proxied else Resolver()
    return aiohttp.ClientSession(
        **{
            **options,
            "connector": aiohttp.TCPConnector(resolver=resolver),
            "middlewares": (*options.get("middlewares", ()), check),
        }
    )


def _refused(address: str, refusals: list[AddressRefusedError]) -> bool:
    try:
        _check_ip(ip_address(address), address)
    except AddressRefusedError as error:
        refusals.append(error)
        return True
    return False

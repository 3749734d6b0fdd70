"""What went wrong at a gateway: a library's error becomes one clear sentence without secrets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import aiohttp
import aiohttp.http
import dask_gateway

from multicloud_lab.config import GatewayConfig
from multicloud_lab.errors import (
    ClusterNotFoundError,
    GatewayRefusedError,
    GatewayUnreachableError,
    MulticloudLabError,
    SignInNeededError,
)
from multicloud_lab.gateways.client import RedirectedError
from multicloud_lab.gateways.credentials import SigningError

# The ways out of most failures, at the end of their sentences.
LATER = "Try again later, or ask its administrator."
GONE = "it may have been stopped: start another."

PROXY_WANTS_A_SIGN_IN = 407

# What to do about a certificate, by the number of OpenSSL's reason (X509_V_ERR_…, x509_vfy.h).
_PRIVATE = (
    "If its authority is a private one, start the server with SSL_CERT_FILE naming a file that has "
    "that authority's certificate."
)
_CERTIFICATES = {
    9: "Check the clock of this machine.",  # not yet valid
    10: "Ask its administrator to renew it.",  # expired
    62: "Check its address: the certificate is for another host.",
    64: "Check its address: the certificate is for another host.",  # for another IP address
}


class Failures:
    """Tells the failures of one connection.

    Parameters
    ----------
    config : GatewayConfig
    secrets : sequence of str
        Texts that are taken out of whatever the gateway answers.
    refused : callable
        Makes a sentence, with the way out, of a clause that says how a sign-in was refused.
    proxy : str, optional
        URL of the HTTP proxy that leads to the gateway.
    """

    def __init__(
        self,
        config: GatewayConfig,
        secrets: Sequence[str],
        refused: Callable[[str], str],
        proxy: str | None = None,
    ) -> None:
        self._name, self._address = config.name, shown(config.address)
        self._host = urlsplit(config.address).hostname
        self._proxy = shown(proxy) if proxy else None
        self._secrets = tuple(secrets)
        self._refused = refused

    def say(
        self, error: Exception, cluster: str | None = None, refusable: bool = False
    ) -> MulticloudLabError:
        """Give the lab's own error for one of dask-gateway's, aiohttp's, or whatever it is.

        Parameters
        ----------
        error : Exception
        cluster : str, optional
            Which the gateway was asked about.
        refusable : bool
            Whether the gateway was given something that it may refuse.
        """
        status = error.status if isinstance(error, aiohttp.ClientResponseError) else None
        if self._proxy and (at_proxy := self._say_proxy(error, status)):
            return GatewayUnreachableError(at_proxy)
        if cluster and (status == 403 or type(error) is ValueError):
            return ClusterNotFoundError(f"{self._name} has no cluster {cluster!r}; {GONE}")
        if status in (401, 403):
            return SignInNeededError(self._refused(f"{self._name} refused the sign-in"))
        if isinstance(error, SigningError):
            return SignInNeededError(f"{self._name} cannot be signed in to: {error}")
        if type(error).__name__ == "GSSError":
            return SignInNeededError(
                self._refused(
                    f"{self._name} did not get the Kerberos ticket ({_gss_reason(error)})"
                )
            )
        if isinstance(error, dask_gateway.GatewayServerError):
            if "permission failure" in str(error).lower():  # an expired token, says JupyterHub
                return SignInNeededError(self._refused(f"{self._name} could not verify the token"))
            return GatewayUnreachableError(f"{self._name} failed: {self._clean(error)}. {LATER}")
        if isinstance(error, dask_gateway.GatewayClusterError) or (
            refusable and type(error) is ValueError
        ):
            return GatewayRefusedError(
                f"{self._name} refused: {self._clean(error)}. Ask it for something else, or "
                "another gateway."
            )
        if status and status >= 500:
            return GatewayUnreachableError(
                f"{self._name} answers HTTP {status}: it, or the proxy before it, is not "
                f"well. {LATER}"
            )
        if isinstance(error, RedirectedError):
            return GatewayUnreachableError(
                f"{self._name} is not at {self._address}: that sends to {shown(error.target)}. "
                "If the gateway is there, make that its address, else ask its administrator."
            )
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return GatewayUnreachableError(
                f"The name {error.host} in the address of {self._name} is not known here; check "
                "that address, and this machine's network."
            )
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            reason = getattr(error.certificate_error, "verify_message", "") or "not valid"
            code = getattr(error.certificate_error, "verify_code", 0)
            return GatewayUnreachableError(
                f"The TLS certificate of {self._name} at {self._address} cannot be "
                f"trusted: {reason.rstrip('.')}. {_CERTIFICATES.get(code, _PRIVATE)}"
            )
        if isinstance(error, aiohttp.ClientSSLError):
            return GatewayUnreachableError(
                f"{self._name} does not speak TLS at {self._address}; "
                "check whether its address begins with http:// or https://."
            )
        if isinstance(error, aiohttp.ClientConnectionError | OSError):
            return GatewayUnreachableError(
                f"{self._name} does not answer at {self._address}; it may be down, "
                f"or the address wrong. {LATER}"
            )
        if isinstance(error, aiohttp.ClientPayloadError):
            return GatewayUnreachableError(
                f"{self._name} broke off its answer; it, or the network, is not well. {LATER}"
            )
        if isinstance(error.__cause__, aiohttp.http.HttpProcessingError) or isinstance(
            error, aiohttp.ContentTypeError | ValueError | KeyError | TypeError | AttributeError
        ):
            return GatewayUnreachableError(
                f"What answers at {self._address} is not a Dask Gateway; "
                f"check the address of {self._name}."
            )
        if status == 400:  # so a server answers whose port is for TLS
            return GatewayUnreachableError(
                f"{self._name} does not understand what it is asked at {self._address}; check "
                "whether its address begins with http:// or https://."
            )
        what = f"HTTP {status}" if status else type(error).__name__
        return GatewayUnreachableError(f"{self._name} cannot be asked ({what}). {LATER}")

    def _say_proxy(self, error: Exception, status: int | None) -> str:
        """Say what is wrong with the proxy; nothing if it may be the gateway."""
        past = (
            f"or start the server with NO_PROXY naming {self._host} if {self._name} is reached "
            "without a proxy"
        )
        if urlsplit(self._proxy or "").scheme not in ("http", "https"):
            return (
                f"{self._proxy}, the proxy of the environment that leads to {self._name}, is of a "
                f"kind that cannot be used; name an HTTP proxy, {past}."
            )
        if status == PROXY_WANTS_A_SIGN_IN:
            return (
                f"The proxy {self._proxy} that leads to {self._name} wants a user name and "
                f"password; write them into its address in the server's environment, {past}."
            )
        if isinstance(error, aiohttp.ClientHttpProxyError):
            return (
                f"The proxy {self._proxy} does not lead to {self._name} (HTTP {status}); ask who "
                f"runs it, {past}."
            )
        if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientConnectorDNSError):
            return (
                f"The proxy {self._proxy} of the environment, which leads to {self._name}, does "
                f"not answer; check it, {past}."
            )
        return ""

    def _clean(self, error: Exception) -> str:
        """Give what the gateway said: short, in one line, without its full stop and the secrets."""
        text = " ".join(str(error).split()).rstrip(".")
        if "<" in text:
            return "an internal error"  # a page for people, from some proxy
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text if len(text) <= 300 else text[:300] + "…"


def _gss_reason(error: Exception) -> str:
    """Give what the Kerberos library says of a failure; GSSAPI itself says less, as a rule."""
    texts = [str(pair[0]) for pair in error.args if isinstance(pair, tuple) and pair]
    return next((text for text in reversed(texts) if text != "Success"), "no reason given")


def is_passing(error: Exception) -> bool:
    """Say whether a failure may be over in a moment: a connection that broke, a busy proxy."""
    if isinstance(error, aiohttp.ClientResponseError):
        return error.status in (502, 503, 504)
    return isinstance(error, aiohttp.ClientConnectionError) and not isinstance(
        error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError
    )


def shown(address: str) -> str:
    """Give an address without a user and password in it."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

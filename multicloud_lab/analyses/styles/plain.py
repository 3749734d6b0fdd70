"""Cells in dask-gateway, intake and xarray alone: they run without this package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from multicloud_lab.analyses.base import Bound, Style
from multicloud_lab.analyses.quoting import WIDTH, assign, call, comment, literal
from multicloud_lab.config import GatewayConfig
from multicloud_lab.errors import UntrustedSourceError

_TOKENS = frozenset({"anon", "cloud", "google_default", "browser"})
_CLASS = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.ASCII)


class PlainStyle(Style):
    """Cells that hold addresses, and ask for the password when they are run."""

    def open(self, bound: Bound, *, first: bool) -> str:
        """Write the cell that opens a dataset; the first one also imports."""
        opening = bound.source.opening
        if opening.untrusted:
            raise UntrustedSourceError(
                f"Opening {opening.dataset.id} would run what nobody has vouched for: "
                f"{'; '.join(opening.untrusted)}. Only mcl.open_dataset(…, trust=True) opens it."
            )
        lines = ["import intake", ""] if first else []
        lines.append(comment(bound.where))
        catalog, data = [literal(opening.catalog_url)], []
        if beyond := harmless(opening.catalog_options):
            lines.append(assign("catalog_options", beyond))
            catalog.append("storage_options=catalog_options")
        if options := harmless(opening.storage_options):
            lines.append(assign("storage_options", options))
            data.append("storage_options=storage_options")
        if opening.kind == "intake-esm":
            lines += [
                call("catalog = intake.open_esm_datastore", catalog),
                assign("path", _exactly(opening.entry)),
                "found = catalog.search(**{catalog.esmcat.assets.column_name: path})",
                call(f"{bound.name} = found.to_dask", ['xarray_open_kwargs={"chunks": {}}', *data]),
            ]
        else:
            lines += [
                call("catalog = intake.open_catalog", catalog),
                assign("entry", opening.entry),
                call(f"{bound.name} = catalog[entry]", data, tail=".to_dask()")
                if data
                else f"{bound.name} = catalog[entry].to_dask()",
            ]
        return "\n".join([*lines, bound.name])

    def connect(self, bound: Bound, *, first: bool) -> str:
        """Write the cell that makes the client near a dataset."""
        source = bound.source
        gateway = source.gateway
        assert gateway is not None  # noqa: S101 - there is a client
        imports, auth = _auth(gateway)
        options = {
            name: value
            for name, value in gateway.options.items()
            if isinstance(value, bool | int | float)
        }
        chosen = ["use_local_defaults=False"]
        if options:
            chosen.append(f"**{literal(options)}")
        address = gateway.address.rstrip("/")
        minimum = gateway.minimum if source.minimum is None else source.minimum
        maximum = gateway.maximum if source.maximum is None else source.maximum
        return "\n".join(
            [
                *imports,
                "",
                "gateway = Gateway(",
                f"    {literal(address)},",
                f"    proxy_address={literal(gateway.proxy_address or _proxy(address))},",
                f"    public_address={literal(gateway.public_address or address)},",
                f"    auth={auth},",
                ")",
                "running = gateway.list_clusters()",
                "if running:  # yours, from before",
                "    cluster = gateway.connect(running[0].name)",
                "else:",
                call("options = gateway.cluster_options", chosen, indent="    "),
                "    cluster = gateway.new_cluster(options)",
                f"cluster.adapt(minimum={minimum}, maximum={maximum})",
                f"{bound.client} = Client(cluster, set_as_default=False)",
                f"{bound.client}",
            ]
        )

    def compute(self, results: Sequence[tuple[str, Bound]]) -> str:
        """Write the lines that submit everything, then wait for each."""
        submitted, gathered = [], []
        for name, bound in results:
            if bound.client is None:
                gathered.append(f"{name} = {name}.compute()  {comment('here')}")
                continue
            future = "future" if len(results) == 1 else f"{bound.name}_future"
            line = call(f"{future} = {bound.client}.compute", [name, "retries=5"])
            submitted.append(line)
            gathered.append(f"{name} = {future}.result()")
        return "\n".join([*submitted, *gathered])


def harmless(options: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of fsspec options what is known to be no secret: by key, and by value."""
    kept: dict[str, Any] = {
        key: options[key]
        for key in ("anon", "requester_pays")
        if isinstance(options.get(key), bool)
    }
    token = options.get("token")
    if isinstance(token, str) and token in _TOKENS:
        kept["token"] = token
    if _is_address(options.get("endpoint_url")):
        kept["endpoint_url"] = options["endpoint_url"]
    client = options.get("client_kwargs")
    if isinstance(client, Mapping) and _is_address(client.get("endpoint_url")):
        kept["client_kwargs"] = {"endpoint_url": client["endpoint_url"]}
    return kept


def _is_address(value: Any) -> bool:
    """Say whether this is a URL that holds neither a user's name nor a query."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        return False
    parts = urlsplit(value)
    return "@" not in parts.netloc and not parts.query and not parts.fragment


def _exactly(path: str) -> str:
    """Give a search for one path: intake-esm reads some characters as a pattern."""
    return f"^{re.escape(path)}$" if set(path) & set("*?$^") else path


def _proxy(address: str) -> str:
    """Give the proxy's address that dask-gateway derives from the gateway's."""
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"gateway://{host}:{port}"


def _auth(gateway: GatewayConfig) -> tuple[list[str], str]:
    """Write the imports and the expression of the credential; it never holds a secret."""
    kind = gateway.auth.type
    imports = ["from dask_gateway import Gateway", "from distributed import Client"]
    if kind == "basic":
        username = str((gateway.auth.model_extra or {}).get("username") or "")
        prompt = literal(f"Password for {gateway.name}: ")
        arguments = [literal(username)] if username else []
        arguments.append(f"password=getpass({prompt})")
        imports = [
            "from getpass import getpass",
            "",
            "from dask_gateway import BasicAuth, Gateway",
            "from distributed import Client",
        ]
        line = f"BasicAuth({', '.join(arguments)})"
        if len(f"    auth={line},") > WIDTH:
            inner = "\n".join(f"        {argument}," for argument in arguments)
            line = f"BasicAuth(\n{inner}\n    )"
        return imports, line
    known = {"jupyterhub": "JupyterHubAuth", "kerberos": "KerberosAuth"}.get(kind)
    if known is not None:
        return [f"from dask_gateway import Gateway, {known}", imports[1]], f"{known}()"
    if _CLASS.fullmatch(kind):
        module, _, name = kind.partition(":")
        return [*imports, f"from {module} import {name}"], f"{name}()"
    return imports, "None"

"""Cells in dask-gateway, intake and xarray alone: they run without this package."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from multicloud_lab.analyses.base import Bound, Style
from multicloud_lab.analyses.quoting import WIDTH, assign, call, comment, literal
from multicloud_lab.analyses.styles.harmless import harmless
from multicloud_lab.analyses.styles.plain_url import by_address, public
from multicloud_lab.config import GatewayConfig
from multicloud_lab.records import Opening

_CLASS = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.ASCII)


class PlainStyle(Style):
    """Cells that hold addresses, and ask for the password when they are run."""

    def __init__(self) -> None:
        self._imported: set[str] = set()

    def open(self, bound: Bound, *, first: bool) -> str:
        """Write the cell that opens a dataset, with the imports that it is the first to need."""
        opening = bound.source.opening
        guard = _guard(opening)
        if opening.kind == "url":
            imports, opened = by_address(bound)
            return "\n".join([*self._importing(imports), *guard, opened, bound.name])
        lines = [*self._importing(["import intake"]), *guard, comment(bound.where)]
        catalog, data = [literal(opening.catalog_url)], []
        if beyond := harmless(opening.catalog_options):
            lines.append(assign("catalog_options", beyond))
            catalog.append("storage_options=catalog_options")
        options = harmless(opening.storage_options)
        if opening.kind == "intake-esm":
            options = options or public(opening, opening.entry)
        if options:
            lines.append(assign("storage_options", options))
            data.append("storage_options=storage_options")
        if opening.kind == "intake2":
            # Data that the catalog names no reader of, by a type alone, are given one.
            reader = "catalog[entry]" if ":" in opening.driver else "catalog[entry].to_reader()"
            lines += [
                call("catalog = intake.from_yaml_file", catalog),
                assign("entry", opening.entry),
                f"{bound.name} = {reader}.read()",
            ]
        elif opening.kind == "intake-esm":
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

    def _importing(self, imports: Sequence[str]) -> list[str]:
        new = [line for line in imports if line not in self._imported]
        self._imported |= set(new)
        return [*new, ""] if new else []

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


def _guard(opening: Opening) -> list[str]:
    """Write the lines that stop before anything runs that nobody has vouched for."""
    reasons = opening.untrusted or (("it is run by intake",) if opening.kind == "intake2" else ())
    if not reasons:
        return []
    return [
        *(comment(f"Nobody has vouched for what opening it runs: {reason}.") for reason in reasons),
        "vouched = False  # True, once you have read the catalog",
        "if not vouched:",
        '    raise PermissionError("Read the catalog, and say vouched = True.")',
    ]


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

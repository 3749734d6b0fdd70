"""The command ``check``."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass

from multicloud_lab import records as r
from multicloud_lab.cli.lab import config_of, service_of
from multicloud_lab.cli.output import line, say, write_json
from multicloud_lab.config import GatewayConfig, LabConfig
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.interface import all_datasets
from multicloud_lab.service import LabService

_PATIENCE = 15.0  # seconds: after fewer, the lab itself says that a gateway does not answer


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the configuration that was tried."""

    kind: str
    name: str
    ok: bool
    message: str
    mend: str = ""


def check(arguments: argparse.Namespace) -> int:
    """Try every gateway, catalog and region of the configuration."""
    if arguments.config is None:
        raise InvalidInputError("Name the configuration that is to be checked (--config FILE).")
    findings = asyncio.run(_findings(config_of(arguments)))
    if arguments.json:
        fields = ("kind", "name", "ok", "message", "mend")
        write_json([{field: getattr(item, field) for field in fields} for item in findings])
    else:
        for item in findings:
            mark = "ok  " if item.ok else "FAIL"
            say(f"{mark}  {line(f'{item.kind} {item.name}: {item.message}')}")
            if item.mend:
                say(f"      -> {line(item.mend)}")
    return 0 if all(item.ok for item in findings) else 1


async def _findings(config: LabConfig) -> list[Finding]:
    findings = [
        Finding("setting", p.key, False, p.message, "Correct it in the configuration.")
        for p in config.problems
    ]
    async with service_of(config, connect=True) as service:
        gateways, _ = await asyncio.gather(service.gateways(_PATIENCE), service.settled())
        status = await service.status()
        with_password = {each.name for each in config.gateways if _has_password(each)}
        findings += [_gateway_finding(each, each.name in with_password) for each in gateways]
        for catalog in status.catalogs:
            findings += await _catalog_findings(service, catalog)
    findings += [
        Finding("region", prefix, True, f"is in {region}")
        for prefix, region in config.regions.items()
    ]
    findings += [
        Finding(
            "price", f"{price.source} to {price.destination}", True, f"{price.basis}, {price.date}"
        )
        for price in config.prices
    ]
    if config.home is not None:
        findings.append(Finding("region", "home", True, f"is {config.home}"))
    return findings


def _has_password(config: GatewayConfig) -> bool:
    """Say whether the configuration names a password: then nobody should have to sign in."""
    said = config.auth.model_extra or {}
    return bool(said.get("password_env") or said.get("password_file"))


def _gateway_finding(gateway: r.Gateway, has_password: bool) -> Finding:
    where = f"{gateway.address} in {gateway.region}"
    if gateway.state == "unreachable":
        mend = "See that the gateway runs and that its address is right and reachable from here."
        return Finding("gateway", gateway.name, False, gateway.message or where, mend)
    if gateway.state == "sign-in-needed" and has_password:
        mend = "Have the password where the configuration names it, as for the Jupyter server."
        return Finding("gateway", gateway.name, False, gateway.message, mend)
    state = "answers" if gateway.state == "signed-in" else "answers and wants a sign-in"
    return Finding("gateway", gateway.name, True, f"{where} {state}")


async def _catalog_findings(service: LabService, catalog: r.CatalogStatus) -> list[Finding]:
    where = "registries" if catalog.kind == "registry" else "catalogs"
    if catalog.problem:
        stale = " The last good copy is shown." if catalog.stale else ""
        mend = f"See that it is there, or correct its url in MulticloudLab.{where}."
        return [Finding(catalog.kind, catalog.name, False, catalog.problem + stale, mend)]
    if catalog.kind == "registry":
        return [Finding("registry", catalog.name, True, f"{catalog.datasets} buckets")]
    rows = await all_datasets(service, r.DatasetQuery(catalog=(catalog.name,)))
    broken = [dataset for dataset in rows if dataset.problem]
    whole = [dataset for dataset in rows if not dataset.problem]
    nowhere = sum(dataset.region is None for dataset in whole)
    against = sum(any(x.contradicted for x in dataset.replicas) for dataset in whole)
    message = f"{catalog.datasets} datasets"
    mends = []
    if nowhere:
        message += f", {nowhere} of them in no known region"
        mends.append("Give their prefixes a region in MulticloudLab.regions.")
    if against:
        message += f", {against} of them in several regions by different sources"
        mends.append("Say which is right in their catalog.")
    findings = [Finding("catalog", catalog.name, True, message, " ".join(mends))]
    findings += [
        Finding(
            "catalog",
            dataset.id,
            False,
            dataset.problem,
            "Mend the child catalog, or take it out of the one that names it.",
        )
        for dataset in broken
    ]
    return findings

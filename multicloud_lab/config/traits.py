"""The settings of ``MulticloudLab`` as traitlets know them."""

from __future__ import annotations

from traitlets import Bool, Dict, Float, List, Unicode
from traitlets.config import Configurable


class MulticloudLab(Configurable):
    """Gateways, catalogs and regions of this lab, as traitlets know them."""

    gateways = List(Dict(), help="Dask Gateways, each with name, region, address and auth.").tag(
        config=True
    )
    catalogs = List(Dict(), help="Catalogs, each with name and url.").tag(config=True)
    regions = Dict(help="URL prefixes and the regions their bytes are in.").tag(config=True)
    registries = List(Unicode(), help="Registries of public buckets and their regions.").tag(
        config=True
    )
    storage_options = Dict(help="URL prefixes and the fsspec options to open them with.").tag(
        config=True
    )
    home = Unicode(None, allow_none=True, help="The region where this server runs, if any.").tag(
        config=True
    )
    prices = List(Dict(), help="Prices agreed with a provider, in place of the list's.").tag(
        config=True
    )
    egress_waivers = List(Unicode(), help="Providers that waive egress for this lab, as aws.").tag(
        config=True
    )
    egress_budget_usd = Float(1.0, help="What a computation may cost in egress, USD.").tag(
        config=True
    )
    idle_minutes = Float(
        30.0,
        help="Minutes without a task after which a cluster of the lab is stopped; 0: never. "
        "A gateway may have its own.",
    ).tag(config=True)
    longest_idle_minutes = Float(
        None,
        allow_none=True,
        help="The most of these that a person may set for a cluster; 0: any number. "
        "By default idle_minutes itself. A gateway may have its own.",
    ).tag(config=True)
    probe = Bool(True, help="Whether providers may be asked where a bucket is.").tag(config=True)

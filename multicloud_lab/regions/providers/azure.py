"""Microsoft Azure: its public regions and what leaving one costs.

There is no multi- or dual-region here. A geo-redundant account keeps a second copy in the paired
region, but what is read comes from the first, and in plain GRS only from there; the two never are
one place. The geographies that the API lists beside regions (``europe``, ``unitedstates``) bound
where data may go and hold none. China and the government's clouds are known by name.
"""

from __future__ import annotations

from multicloud_lab.regions.provider import Place, Provider, register
from multicloud_lab.regions.rates import Rate

# Every region of https://learn.microsoft.com/azure/reliability/regions-list (2026-09-23), those
# of restricted access that it had before, and those of the clouds apart.
_PLACES = (
    Place("eastus", "East US", "north-america", 37.4, -79.8),
    Place("eastus2", "East US 2", "north-america", 36.7, -78.4),
    Place("centralus", "Central US", "north-america", 41.6, -93.6),
    Place("northcentralus", "North Central US", "north-america", 41.9, -87.6),
    Place("southcentralus", "South Central US", "north-america", 29.4, -98.5),
    Place("westcentralus", "West Central US", "north-america", 40.9, -110.2),
    Place("westus", "West US", "north-america", 37.8, -122.4),
    Place("westus2", "West US 2", "north-america", 47.2, -119.9),
    Place("westus3", "West US 3", "north-america", 33.4, -112.1),
    Place("canadacentral", "Canada Central", "north-america", 43.7, -79.4),
    Place("canadaeast", "Canada East", "north-america", 46.8, -71.2),
    Place("mexicocentral", "Mexico Central", "north-america", 20.6, -100.4),
    Place("brazilsouth", "Brazil South", "south-america", -23.6, -46.6),
    Place("brazilsoutheast", "Brazil Southeast", "south-america", -22.9, -43.2),
    Place("chilecentral", "Chile Central", "south-america", -33.4, -70.7),
    Place("northeurope", "North Europe", "europe", 53.3, -6.3),
    Place("westeurope", "West Europe", "europe", 52.4, 4.9),
    Place("austriaeast", "Austria East", "europe", 48.2, 16.4),
    Place("belgiumcentral", "Belgium Central", "europe", 50.9, 4.4),
    Place("denmarkeast", "Denmark East", "europe", 55.7, 12.6),
    Place("francecentral", "France Central", "europe", 46.4, 2.4),
    Place("francesouth", "France South", "europe", 43.8, 2.2),
    Place("germanynorth", "Germany North", "europe", 53.1, 8.8),
    Place("germanywestcentral", "Germany West Central", "europe", 50.1, 8.7),
    Place("italynorth", "Italy North", "europe", 45.5, 9.2),
    Place("norwayeast", "Norway East", "europe", 59.9, 10.8),
    Place("norwaywest", "Norway West", "europe", 59.0, 5.7),
    Place("polandcentral", "Poland Central", "europe", 52.2, 21.0),
    Place("spaincentral", "Spain Central", "europe", 40.4, -3.7),
    Place("swedencentral", "Sweden Central", "europe", 60.7, 17.1),
    Place("swedensouth", "Sweden South", "europe", 55.6, 13.0),
    Place("switzerlandnorth", "Switzerland North", "europe", 47.5, 8.6),
    Place("switzerlandwest", "Switzerland West", "europe", 46.2, 6.1),
    Place("uksouth", "UK South", "europe", 50.9, -0.8),
    Place("ukwest", "UK West", "europe", 53.4, -3.1),
    Place("southafricanorth", "South Africa North", "africa", -25.7, 28.2),
    Place("southafricawest", "South Africa West", "africa", -34.1, 18.8),
    Place("israelcentral", "Israel Central", "middle-east", 31.3, 34.9),
    Place("qatarcentral", "Qatar Central", "middle-east", 25.6, 51.4),
    Place("uaecentral", "UAE Central", "middle-east", 24.5, 54.4),
    Place("uaenorth", "UAE North", "middle-east", 25.3, 55.3),
    Place("eastasia", "East Asia", "asia", 22.3, 114.2),
    Place("southeastasia", "Southeast Asia", "asia", 1.3, 103.8),
    Place("indonesiacentral", "Indonesia Central", "asia", -6.2, 106.8),
    Place("japaneast", "Japan East", "asia", 35.7, 139.8),
    Place("japanwest", "Japan West", "asia", 34.7, 135.5),
    Place("koreacentral", "Korea Central", "asia", 37.6, 127.0),
    Place("koreasouth", "Korea South", "asia", 35.2, 129.1),
    Place("malaysiawest", "Malaysia West", "asia", 3.1, 101.7),
    Place("centralindia", "Central India", "asia", 18.6, 73.9),
    Place("southindia", "South India", "asia", 13.0, 80.2),
    Place("westindia", "West India", "asia", 19.1, 72.9),
    Place("indiasouthcentral", "India South Central", "asia", 17.4, 78.5),
    Place("jioindiacentral", "Jio India Central", "asia", 21.1, 79.1),
    Place("jioindiawest", "Jio India West", "asia", 22.5, 70.1),
    Place("australiacentral", "Australia Central", "oceania", -35.3, 149.1),
    Place("australiacentral2", "Australia Central 2", "oceania", -35.3, 149.1),
    Place("australiaeast", "Australia East", "oceania", -33.9, 151.2),
    Place("australiasoutheast", "Australia Southeast", "oceania", -37.8, 145.0),
    Place("newzealandnorth", "New Zealand North", "oceania", -36.8, 174.8),
    Place("usgovarizona", "US Gov Arizona", "us-government", 33.4, -112.1),
    Place("usgovtexas", "US Gov Texas", "us-government", 29.4, -98.5),
    Place("usgovvirginia", "US Gov Virginia", "us-government", 37.4, -78.7),
    Place("usdodcentral", "US DoD Central", "us-government", 41.6, -93.6),
    Place("usdodeast", "US DoD East", "us-government", 38.9, -77.0),
    Place("chinaeast", "China East", "china", 31.2, 121.5),
    Place("chinaeast2", "China East 2", "china", 31.2, 121.5),
    Place("chinaeast3", "China East 3", "china", 31.2, 121.5),
    Place("chinanorth", "China North", "china", 39.9, 116.4),
    Place("chinanorth2", "China North 2", "china", 39.9, 116.4),
    Place("chinanorth3", "China North 3", "china", 39.9, 116.4),
)

_PAGE = "https://azure.microsoft.com/pricing/details/bandwidth/"
_API = "https://prices.azure.com/api/retail/prices (Bandwidth)"
_PAGE_READ, _API_READ = "2026-10-01", "2026-01-26"
_APART = ("us-government", "china")  # each with accounts of its own

# USD per GB, by the area that bytes leave: to another region of the same area, and of another.
_BETWEEN = {
    "north-america": (0.02, 0.05, _PAGE, _PAGE_READ),
    "europe": (0.02, 0.05, _PAGE, _PAGE_READ),
    "asia": (0.08, 0.08, _PAGE, _PAGE_READ),
    "oceania": (0.08, 0.08, _API, _API_READ),
    "middle-east": (0.08, 0.08, _API, _API_READ),
    "africa": (0.08, 0.08, _API, _API_READ),
    "south-america": (0.16, 0.16, _PAGE, _PAGE_READ),
}


def _steps(*usd: float, note: str = "") -> Rate:
    """Make a rate to the internet; 100 GB of a month are free, and not part of the first step."""
    return Rate.steps(
        *zip((0.0, 10_100.0, 50_100.0, 150_100.0), usd, strict=True),
        source=_PAGE,
        date=_PAGE_READ,
        free_gb=100.0,
        note=f"over Microsoft's own network{note}",
    )


_LATER = "; the steps after the first are not verified"
_INTERNET = {
    "north-america": _steps(0.087, 0.083, 0.07, 0.05, note=_LATER),
    "europe": _steps(0.087, 0.083, 0.07, 0.05, note=_LATER),
    "asia": _steps(0.12, 0.085, 0.082, 0.08, note=_LATER),
    "oceania": _steps(0.12, 0.085, 0.082, 0.08, note=_LATER),
    "south-america": _steps(0.181, 0.175, 0.17, 0.16, note=_LATER),
}
# Pages disagree on which of the other areas' prices these have.
_ANY_INTERNET = Rate.flat(
    0.05,
    0.181,
    source=_PAGE,
    date=_PAGE_READ,
    note="not verified: the range of Azure's other areas",
)


def _between(source: Place, destination: Place) -> Rate | None:
    if source.area not in _BETWEEN:
        return None
    if destination.area in _APART:
        return _internet(source, destination)
    within, beyond, page, date = _BETWEEN[source.area]
    return Rate.flat(within if destination.area == source.area else beyond, source=page, date=date)


def _internet(source: Place, destination: Place | None) -> Rate | None:
    return None if source.area in _APART else _INTERNET.get(source.area, _ANY_INTERNET)


register(
    Provider(
        "azure",
        "Microsoft Azure",
        _PLACES,
        between=_between,
        internet=_internet,
        aliases=("microsoft", "msft", "az"),
    )
)

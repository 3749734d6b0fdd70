"""Microsoft Azure: its public regions and what leaving one costs."""

from __future__ import annotations

from multicloud_lab.regions.provider import Place, Price, Provider, register

_SOURCE = "https://azure.microsoft.com/pricing/details/bandwidth/"
_DATE = "2026-10-01"

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
    Place("chilecentral", "Chile Central", "south-america", -33.4, -70.7),
    Place("northeurope", "North Europe", "europe", 53.3, -6.3),
    Place("westeurope", "West Europe", "europe", 52.4, 4.9),
    Place("uksouth", "UK South", "europe", 50.9, -0.8),
    Place("ukwest", "UK West", "europe", 53.4, -3.1),
    Place("francecentral", "France Central", "europe", 46.4, 2.4),
    Place("germanywestcentral", "Germany West Central", "europe", 50.1, 8.7),
    Place("italynorth", "Italy North", "europe", 45.5, 9.2),
    Place("norwayeast", "Norway East", "europe", 59.9, 10.8),
    Place("polandcentral", "Poland Central", "europe", 52.2, 21.0),
    Place("spaincentral", "Spain Central", "europe", 40.4, -3.7),
    Place("swedencentral", "Sweden Central", "europe", 60.7, 17.1),
    Place("switzerlandnorth", "Switzerland North", "europe", 47.5, 8.6),
    Place("austriaeast", "Austria East", "europe", 48.2, 16.4),
    Place("southafricanorth", "South Africa North", "africa", -25.7, 28.2),
    Place("uaenorth", "UAE North", "middle-east", 25.3, 55.3),
    Place("qatarcentral", "Qatar Central", "middle-east", 25.6, 51.4),
    Place("israelcentral", "Israel Central", "middle-east", 31.3, 34.9),
    Place("eastasia", "East Asia", "asia", 22.3, 114.2),
    Place("southeastasia", "Southeast Asia", "asia", 1.3, 103.8),
    Place("japaneast", "Japan East", "asia", 35.7, 139.8),
    Place("japanwest", "Japan West", "asia", 34.7, 135.5),
    Place("koreacentral", "Korea Central", "asia", 37.6, 127.0),
    Place("koreasouth", "Korea South", "asia", 35.2, 129.1),
    Place("centralindia", "Central India", "asia", 18.6, 73.9),
    Place("southindia", "South India", "asia", 13.0, 80.2),
    Place("westindia", "West India", "asia", 19.1, 72.9),
    Place("indonesiacentral", "Indonesia Central", "asia", -6.2, 106.8),
    Place("malaysiawest", "Malaysia West", "asia", 3.1, 101.7),
    Place("australiaeast", "Australia East", "oceania", -33.9, 151.2),
    Place("australiasoutheast", "Australia Southeast", "oceania", -37.8, 145.0),
    Place("australiacentral", "Australia Central", "oceania", -35.3, 149.1),
    Place("newzealandnorth", "New Zealand North", "oceania", -36.8, 174.8),
)


def _between(source: Place, destination: Place) -> Price | None:
    west = ("north-america", "europe")
    if source.area in west:
        price = 0.02 if destination.area == source.area else 0.05
    elif source.area == "asia":
        price = 0.08
    elif source.area == "south-america":
        price = 0.16
    else:
        return None
    return Price(price, price, _SOURCE, _DATE)


def _internet(source: Place) -> Price | None:
    """Give the price of the first paid step; later steps are cheaper and have no figure here."""
    area_prices = {"north-america": 0.087, "europe": 0.087, "asia": 0.12, "south-america": 0.181}
    price = area_prices.get(source.area)
    return None if price is None else Price(price, price, _SOURCE, _DATE)


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

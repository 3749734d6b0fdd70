"""Amazon Web Services: its commercial regions and what leaving one costs."""

from __future__ import annotations

from multicloud_lab.regions.provider import Place, Price, Provider, register

_SOURCE = "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer"
_DATE = "2026-10-01"

_PLACES = (
    Place("us-east-1", "N. Virginia", "north-america", 38.9, -77.4),
    Place("us-east-2", "Ohio", "north-america", 40.0, -83.0),
    Place("us-west-1", "N. California", "north-america", 37.4, -121.9),
    Place("us-west-2", "Oregon", "north-america", 45.8, -119.7),
    Place("ca-central-1", "Canada (Central)", "north-america", 45.5, -73.6),
    Place("ca-west-1", "Calgary", "north-america", 51.0, -114.1),
    Place("mx-central-1", "Mexico (Central)", "north-america", 20.6, -100.4),
    Place("sa-east-1", "São Paulo", "south-america", -23.5, -46.6),
    Place("eu-central-1", "Frankfurt", "europe", 50.1, 8.7),
    Place("eu-central-2", "Zurich", "europe", 47.4, 8.5),
    Place("eu-west-1", "Ireland", "europe", 53.3, -6.3),
    Place("eu-west-2", "London", "europe", 51.5, -0.1),
    Place("eu-west-3", "Paris", "europe", 48.9, 2.4),
    Place("eu-north-1", "Stockholm", "europe", 59.3, 18.1),
    Place("eu-south-1", "Milan", "europe", 45.5, 9.2),
    Place("eu-south-2", "Spain", "europe", 41.6, -0.9),
    Place("af-south-1", "Cape Town", "africa", -33.9, 18.4),
    Place("me-south-1", "Bahrain", "middle-east", 26.1, 50.6),
    Place("me-central-1", "UAE", "middle-east", 25.2, 55.3),
    Place("il-central-1", "Tel Aviv", "middle-east", 32.1, 34.8),
    Place("ap-east-1", "Hong Kong", "asia", 22.3, 114.2),
    Place("ap-east-2", "Taipei", "asia", 25.0, 121.6),
    Place("ap-south-1", "Mumbai", "asia", 19.1, 72.9),
    Place("ap-south-2", "Hyderabad", "asia", 17.4, 78.5),
    Place("ap-northeast-1", "Tokyo", "asia", 35.7, 139.7),
    Place("ap-northeast-2", "Seoul", "asia", 37.6, 127.0),
    Place("ap-northeast-3", "Osaka", "asia", 34.7, 135.5),
    Place("ap-southeast-1", "Singapore", "asia", 1.4, 103.8),
    Place("ap-southeast-2", "Sydney", "oceania", -33.9, 151.2),
    Place("ap-southeast-3", "Jakarta", "asia", -6.2, 106.8),
    Place("ap-southeast-4", "Melbourne", "oceania", -37.8, 145.0),
    Place("ap-southeast-5", "Malaysia", "asia", 3.1, 101.7),
    Place("ap-southeast-6", "New Zealand", "oceania", -36.8, 174.8),
    Place("ap-southeast-7", "Thailand", "asia", 13.8, 100.5),
)


def _between(source: Place, destination: Place) -> Price | None:
    if {source.name, destination.name} == {"us-east-1", "us-east-2"}:
        return Price(0.01, 0.01, _SOURCE, _DATE)
    if source.name.startswith(("us-", "eu-")):
        return Price(0.02, 0.02, _SOURCE, _DATE)
    return Price(0.02, 0.147, _SOURCE, _DATE)


def _internet(source: Place) -> Price | None:
    """Give the range of the volume tiers; dearer parts of the world have no figure here."""
    if source.area in ("north-america", "europe"):
        return Price(0.05, 0.09, _SOURCE, _DATE)
    return None


register(
    Provider(
        "aws",
        "Amazon Web Services",
        _PLACES,
        between=_between,
        internet=_internet,
        aliases=("amazon", "s3"),
    )
)

"""Amazon Web Services: its regions and what leaving one costs.

The commercial partition is what public data are in. GovCloud, China and the European Sovereign
Cloud are known by name; the secret partitions are not.
"""

from __future__ import annotations

import re

from multicloud_lab.regions.provider import Place, Provider, register
from multicloud_lab.regions.rates import Rate


def _place(name: str, full: str, area: str, latitude: float, longitude: float) -> Place:
    """Make a place with the title of AWS's console, and the city or state in it as the short one.

    "Canada (Central)" and the like say more whole.
    """
    city = re.fullmatch(r".+ \((?P<city>(?!Central|US-).+)\)", full)
    aliases = (full,) if city else ()
    return Place(name, city["city"] if city else full, area, latitude, longitude, aliases=aliases)


_PLACES = (
    _place("us-east-1", "US East (N. Virginia)", "north-america", 38.9, -77.4),
    _place("us-east-2", "US East (Ohio)", "north-america", 40.0, -83.0),
    _place("us-west-1", "US West (N. California)", "north-america", 37.4, -121.9),
    _place("us-west-2", "US West (Oregon)", "north-america", 45.8, -119.7),
    _place("ca-central-1", "Canada (Central)", "north-america", 45.5, -73.6),
    _place("ca-west-1", "Canada West (Calgary)", "north-america", 51.0, -114.1),
    _place("mx-central-1", "Mexico (Central)", "north-america", 20.6, -100.4),
    _place("sa-east-1", "South America (São Paulo)", "south-america", -23.5, -46.6),
    _place("eu-central-1", "Europe (Frankfurt)", "europe", 50.1, 8.7),
    _place("eu-central-2", "Europe (Zurich)", "europe", 47.4, 8.5),
    _place("eu-west-1", "Europe (Ireland)", "europe", 53.3, -6.3),
    _place("eu-west-2", "Europe (London)", "europe", 51.5, -0.1),
    _place("eu-west-3", "Europe (Paris)", "europe", 48.9, 2.4),
    _place("eu-north-1", "Europe (Stockholm)", "europe", 59.3, 18.1),
    _place("eu-south-1", "Europe (Milan)", "europe", 45.5, 9.2),
    _place("eu-south-2", "Europe (Spain)", "europe", 41.6, -0.9),
    _place("af-south-1", "Africa (Cape Town)", "africa", -33.9, 18.4),
    _place("me-south-1", "Middle East (Bahrain)", "middle-east", 26.1, 50.6),
    _place("me-central-1", "Middle East (UAE)", "middle-east", 25.2, 55.3),
    _place("il-central-1", "Israel (Tel Aviv)", "middle-east", 32.1, 34.8),
    _place("ap-east-1", "Asia Pacific (Hong Kong)", "asia", 22.3, 114.2),
    _place("ap-east-2", "Asia Pacific (Taipei)", "asia", 25.0, 121.6),
    _place("ap-south-1", "Asia Pacific (Mumbai)", "asia", 19.1, 72.9),
    _place("ap-south-2", "Asia Pacific (Hyderabad)", "asia", 17.4, 78.5),
    _place("ap-northeast-1", "Asia Pacific (Tokyo)", "asia", 35.7, 139.7),
    _place("ap-northeast-2", "Asia Pacific (Seoul)", "asia", 37.6, 127.0),
    _place("ap-northeast-3", "Asia Pacific (Osaka)", "asia", 34.7, 135.5),
    _place("ap-southeast-1", "Asia Pacific (Singapore)", "asia", 1.4, 103.8),
    _place("ap-southeast-2", "Asia Pacific (Sydney)", "oceania", -33.9, 151.2),
    _place("ap-southeast-3", "Asia Pacific (Jakarta)", "asia", -6.2, 106.8),
    _place("ap-southeast-4", "Asia Pacific (Melbourne)", "oceania", -37.8, 145.0),
    _place("ap-southeast-5", "Asia Pacific (Malaysia)", "asia", 3.1, 101.7),
    _place("ap-southeast-6", "Asia Pacific (New Zealand)", "oceania", -36.8, 174.8),
    _place("ap-southeast-7", "Asia Pacific (Thailand)", "asia", 13.8, 100.5),
    _place("us-gov-east-1", "AWS GovCloud (US-East)", "us-government", 40.0, -83.0),
    _place("us-gov-west-1", "AWS GovCloud (US-West)", "us-government", 45.8, -119.7),
    _place("cn-north-1", "China (Beijing)", "china", 39.9, 116.4),
    _place("cn-northwest-1", "China (Ningxia)", "china", 38.5, 106.2),
    _place("eusc-de-east-1", "AWS European Sovereign Cloud (Germany)", "eu-sovereign", 52.4, 12.5),
)

# The pages are drawn by scripts from the price list; its figures were read on the dates given.
_PAGE = "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer"
_PRICE_LIST = "https://pricing.us-east-1.amazonaws.com/ (AWSDataTransfer)"
_ALLOWANCE = 100.0  # GB a month, over all regions but those of GovCloud and China
_APART = ("us-government", "china", "eu-sovereign")  # each with accounts of its own


def _steps(*usd: float, date: str = "2026-01-26", free_gb: float = _ALLOWANCE) -> Rate:
    """Make a rate to the internet: up to 10 TB of a month, 50 TB, 150 TB, and beyond."""
    return Rate.steps(
        *zip((0.0, 10_240.0, 51_200.0, 153_600.0), usd, strict=True),
        source=_PAGE if date == "2026-10-01" else _PRICE_LIST,
        date=date,
        free_gb=free_gb,
    )


def _flat(low: float, high: float | None = None, date: str = "2024-09-25", note: str = "") -> Rate:
    source = _PAGE if date == "2026-10-01" else _PRICE_LIST
    return Rate.flat(low, high, source=source, date=date, note=note)


_NOT_VERIFIED = "not verified: the range of AWS's other regions"
_MOST = _steps(0.09, 0.085, 0.07, 0.05, date="2026-10-01")
_INTERNET = {
    "ca-central-1": _steps(0.09, 0.085, 0.07, 0.05),
    "ca-west-1": _steps(0.09, 0.085, 0.07, 0.05),
    "mx-central-1": _steps(0.09, 0.085, 0.07, 0.05),
    "sa-east-1": _steps(0.15, 0.138, 0.126, 0.114),
    "af-south-1": _steps(0.154, 0.147, 0.126, 0.112),
    "me-south-1": _steps(0.117, 0.1105, 0.091, 0.065),
    "me-central-1": _steps(0.11, 0.085, 0.077, 0.055),
    "il-central-1": _steps(0.11, 0.085, 0.077, 0.055),
    "ap-east-1": _steps(0.12, 0.085, 0.082, 0.08),
    "ap-south-1": _steps(0.1093, 0.085, 0.082, 0.08),
    "ap-south-2": _steps(0.1093, 0.085, 0.082, 0.08),
    "ap-northeast-1": _steps(0.114, 0.089, 0.086, 0.084),
    "ap-northeast-2": _steps(0.126, 0.122, 0.117, 0.108),
    "ap-northeast-3": _steps(0.114, 0.089, 0.086, 0.084),
    "ap-southeast-1": _steps(0.12, 0.085, 0.082, 0.08),
    "ap-southeast-2": _steps(0.114, 0.098, 0.094, 0.092),
    "ap-southeast-3": _steps(0.132, 0.1, 0.095, 0.09),
    "ap-southeast-4": _steps(0.114, 0.098, 0.094, 0.092),
    "ap-southeast-5": _steps(0.108, 0.0765, 0.0738, 0.072),
    "ap-southeast-7": _steps(0.108, 0.0765, 0.0738, 0.072),
    "us-gov-east-1": _steps(0.155, 0.115, 0.09, 0.065, date="2024-09-25", free_gb=0.0),
    "us-gov-west-1": _steps(0.155, 0.115, 0.09, 0.065, date="2024-09-25", free_gb=0.0),
}
_ANY_INTERNET = _flat(0.05, 0.154, "2026-01-26", _NOT_VERIFIED)

# What a byte to another region costs goes by the region that it leaves.
_BETWEEN = {
    "ca-central-1": _flat(0.02),
    "ca-west-1": _flat(0.02),
    "sa-east-1": _flat(0.138),
    "af-south-1": _flat(0.147),
    "me-south-1": _flat(0.1105),
    "me-central-1": _flat(0.085, date="2023-04-27"),
    "il-central-1": _flat(0.08),
    "ap-east-1": _flat(0.09),
    "ap-south-1": _flat(0.086),
    "ap-south-2": _flat(0.086),
    "ap-northeast-1": _flat(0.09),
    "ap-northeast-2": _flat(0.08),
    "ap-northeast-3": _flat(0.09),
    "ap-southeast-1": _flat(0.09),
    "ap-southeast-2": _flat(0.098),
    "ap-southeast-3": _flat(0.1, date="2023-04-27"),
    "ap-southeast-5": _flat(0.08),
    "us-gov-east-1": _flat(0.03),
    "us-gov-west-1": _flat(0.03),
}
_NEIGHBOURS = _flat(0.01, date="2026-10-01")
_MOST_BETWEEN = _flat(0.02, date="2026-10-01")
_ANY_BETWEEN = _flat(0.02, 0.147, "2024-09-25", _NOT_VERIFIED)


def _between(source: Place, destination: Place) -> Rate | None:
    if {source.name, destination.name} == {"us-east-1", "us-east-2"}:
        return _NEIGHBOURS
    if destination.area != source.area and destination.area in ("china", "eu-sovereign"):
        return _internet(source, destination)
    if source.name in _BETWEEN:
        return _BETWEEN[source.name]
    if source.area in _APART:
        return None
    return _MOST_BETWEEN if source.name.startswith(("us-", "eu-")) else _ANY_BETWEEN


def _internet(source: Place, destination: Place | None) -> Rate | None:
    if source.name in _INTERNET:
        return _INTERNET[source.name]
    if source.area in _APART:
        return None
    return _MOST if source.name.startswith(("us-", "eu-")) else _ANY_INTERNET


register(
    Provider(
        "aws",
        "Amazon Web Services",
        _PLACES,
        between=_between,
        internet=_internet,
        aliases=("amazon", "s3"),
        zone=r"([a-z-]+-\d)[a-f]",
    )
)

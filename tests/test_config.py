"""The configuration is read whole, and every mistake is named by its key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from multicloud_lab.config import LabConfig, load_config, read_config, under
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.regions import Region

GATEWAY = {
    "name": "aws-oregon",
    "region": "aws:us-west-2",
    "address": "https://gateway.example.org",
}
WHOLE: dict[str, Any] = {
    "gateways": [
        {
            **GATEWAY,
            "proxy_address": "gateway://gateway.example.org:8786",
            "public_address": "https://gateway.example.org",
            "auth": {"type": "basic", "username": "pangeo"},
            "minimum": 1,
            "maximum": 200,
            "options": {},
        }
    ],
    "catalogs": [{"name": "pangeo", "url": "https://example.org/master.yaml"}],
    "regions": {"gs://pangeo-era5": "gcp:us"},
    "registries": ["https://example.org/registry"],
    "home": None,
    "egress_budget_usd": 1.0,
    "probe": True,
}


def keys(config: LabConfig) -> list[str]:
    return [problem.key for problem in config.problems]


def test_a_whole_configuration_has_no_problem() -> None:
    config = read_config(WHOLE)
    assert config.problems == ()
    (gateway,) = config.gateways
    assert gateway.region == Region("aws", "us-west-2")
    assert (gateway.minimum, gateway.maximum) == (1, 200)
    assert config.regions == {"gs://pangeo-era5": Region("gcp", "us")}


def test_one_broken_gateway_costs_only_itself() -> None:
    broken = {"name": "b", "region": "aws:us-wset-2", "address": "gateway.example.org"}
    config = read_config({**WHOLE, "gateways": [broken, GATEWAY]})
    assert [gateway.name for gateway in config.gateways] == ["aws-oregon"]
    assert keys(config) == ["gateways[0].region", "gateways[0].address"]
    assert "us-west-2" in config.problems[0].message, "no suggestion"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"gatewys": []}, "gatewys"),
        ({"gateways": {}}, None),
        ({"gateways": {"name": "x"}}, "gateways"),
        ({"gateways": [{**GATEWAY, "minimum": 5, "maximum": 2}]}, "gateways[0]"),
        ({"gateways": [{**GATEWAY, "colour": "red"}]}, "gateways[0].colour"),
        ({"gateways": [{**GATEWAY, "address": "https://a:b@example.org"}]}, "gateways[0].address"),
        ({"gateways": [GATEWAY, GATEWAY]}, "gateways[1].name"),
        ({"gateways": [{**GATEWAY, "name": "a/b"}]}, "gateways[0].name"),
        ({"gateways": ["https://example.org"]}, "gateways[0]"),
        ({"catalogs": [{"name": "pangeo"}]}, "catalogs[0].url"),
        ({"catalogs": [{"name": "p", "url": "u", "region": "x"}]}, "catalogs[0].region"),
        ({"regions": {"gs://a": "nowhere"}}, "regions[gs://a]"),
        ({"regions": ["gs://a"]}, "regions"),
        ({"storage_options": {"gs://a": "anon"}}, "storage_options[gs://a]"),
        ({"home": "mars:base"}, "home"),
        ({"egress_budget_usd": -1}, "egress_budget_usd"),
        ({"egress_budget_usd": "much"}, "egress_budget_usd"),
    ],
)
def test_a_mistake_is_named_by_its_key(change: dict[str, Any], key: str | None) -> None:
    config = read_config({**WHOLE, **change})
    assert keys(config) == ([] if key is None else [key])


def test_a_problem_never_repeats_a_value_that_may_be_secret() -> None:
    gateway = {**GATEWAY, "password": "swordfish", "auth": {"type": 7, "password": "swordfish"}}
    config = read_config({"gateways": [gateway]})
    assert config.problems
    assert "swordfish" not in repr(config)


def test_storage_options_are_those_of_the_longest_prefix() -> None:
    options = {"s3://b": {"anon": True}, "s3://b/deep": {"anon": False}}
    config = read_config({"storage_options": options})
    assert config.options_for("s3://b/deep/store.zarr") == {"anon": False}
    assert config.options_for("s3://b/deeper/store.zarr") == {"anon": True}
    assert config.options_for("s3://bb/store.zarr") == {}


def test_under_goes_by_whole_segments() -> None:
    assert under("gs://a/b", "gs://a/")
    assert under("gs://a", "gs://a")
    assert not under("gs://ab", "gs://a")


def test_a_file_is_json_or_python(tmp_path: Path) -> None:
    as_json = tmp_path / "config.json"
    as_json.write_text(json.dumps({"MulticloudLab": WHOLE}))
    as_python = tmp_path / "config.py"
    as_python.write_text(f"c.MulticloudLab.update({WHOLE!r})\n")
    assert load_config(as_json).gateways == load_config(as_python).gateways != ()


@pytest.mark.parametrize("text", ["{", "[]", '"text"'])
def test_a_file_that_is_no_configuration_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=r"config\.json"):
        load_config(path)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no configuration file"):
        load_config(tmp_path / "none.json")


def test_agreed_prices_and_waivers_are_read() -> None:
    config = read_config(
        {
            "prices": [
                {"from": "AWS:*", "to": "internet", "usd_per_gb": 0.05, "date": "2026-01-31"},
                {"from": "gcp:us", "to": "gcp:*", "usd_per_gb": [0, 0.01], "date": "2026-01-31"},
            ],
            "egress_waivers": ["aws"],
        }
    )
    assert not config.problems
    assert [(p.source, p.destination, p.usd_per_gb) for p in config.prices] == [
        ("aws:*", "internet", 0.05),
        ("gcp:us", "gcp:*", (0.0, 0.01)),
    ]
    assert config.egress_waivers == ("aws",)


@pytest.mark.parametrize(
    ("values", "key", "words"),
    [
        ({"from": "aws:us-wast-2", "to": "internet", "usd_per_gb": 1}, ".from", "us-west-2"),
        ({"from": "aws:*", "to": "nowhere:*", "usd_per_gb": 1}, ".to", "nowhere"),
        ({"from": "aws:*", "to": "internet", "usd_per_gb": -1}, ".usd_per_gb", "from 0 on"),
        ({"from": "aws:*", "to": "internet", "usd_per_gb": [2, 1]}, ".usd_per_gb", "from 0 on"),
        ({"from": "aws:*", "to": "internet", "usd_per_gb": 1, "date": "May"}, ".date", "pattern"),
    ],
)
def test_a_wrong_price_is_named_by_its_key(values: dict[str, object], key: str, words: str) -> None:
    config = read_config({"prices": [{"date": "2026-01-31", **values}]})
    assert config.prices == ()
    (problem,) = config.problems
    assert problem.key == f"prices[0]{key}"
    assert words in problem.message


def test_a_waiver_of_no_provider_is_named() -> None:
    config = read_config({"egress_waivers": ["aws", "acme"]})
    assert config.egress_waivers == ("aws",)
    assert [problem.key for problem in config.problems] == ["egress_waivers"]


def test_when_a_cluster_is_idle_is_said_for_all_gateways_or_for_one() -> None:
    gateways = [GATEWAY, {**GATEWAY, "name": "b", "idle_minutes": 0}]
    (default,) = read_config(WHOLE).gateways
    assert default.idle_minutes == 30
    config = read_config({**WHOLE, "gateways": gateways, "idle_minutes": 7.5})
    assert [each.idle_minutes for each in config.gateways] == [7.5, 0]
    for wrong in (-1, float("nan"), "soon", True):
        config = read_config({**WHOLE, "idle_minutes": wrong})
        assert keys(config) == ["idle_minutes"]
        assert config.gateways[0].idle_minutes == 30
    config = read_config({"gateways": [{**GATEWAY, "idle_minutes": -1}]})
    assert keys(config) == ["gateways[0].idle_minutes"]


@pytest.mark.parametrize(
    ("said", "asked", "limit"),
    [
        # What is configured is the default, and the most unless more is allowed.
        ({}, None, 30),
        ({}, 10, 10),
        ({}, 90, 30),
        ({}, 0, 30),
        ({"longest_idle_minutes": 240}, None, 30),
        ({"longest_idle_minutes": 240}, 90, 90),
        ({"longest_idle_minutes": 240}, 600, 240),
        ({"longest_idle_minutes": 240}, 0, 240),
        ({"longest_idle_minutes": 0}, 600, 600),
        ({"longest_idle_minutes": 0}, 0, 0),
        ({"longest_idle_minutes": 10}, 20, 20),  # not less than anybody gets
        ({"longest_idle_minutes": 10}, 90, 30),
        ({"idle_minutes": 0}, None, 0),
        ({"idle_minutes": 0}, 600, 600),
        ({"idle_minutes": 0, "longest_idle_minutes": 10}, 0, 0),
    ],
)
def test_how_long_a_cluster_may_be_idle_is_set_within_what_the_administrator_allows(
    said: dict[str, Any], asked: float | None, limit: float
) -> None:
    (of_all,) = read_config({**WHOLE, **said}).gateways
    (of_one,) = read_config({"gateways": [{**GATEWAY, **said}]}).gateways
    assert of_all.idle_limit(asked) == of_one.idle_limit(asked) == limit


@pytest.mark.parametrize(
    ("asked", "bounds"),
    [
        ((None, None), (2, 10)),
        ((5, None), (5, 10)),
        ((50, None), (50, 50)),
        ((None, 1), (1, 1)),
        ((None, 20), (2, 20)),
        ((9, 3), (9, 3)),  # who asks for both is told
    ],
)
def test_a_bound_that_is_not_asked_for_gives_way(
    asked: tuple[int | None, int | None], bounds: tuple[int, int]
) -> None:
    (gateway,) = read_config({"gateways": [{**GATEWAY, "minimum": 2, "maximum": 10}]}).gateways
    assert gateway.bounds(*asked) == bounds


def test_a_longest_time_that_is_none_is_named() -> None:
    assert keys(read_config({**WHOLE, "longest_idle_minutes": "long"})) == ["longest_idle_minutes"]
    config = read_config({"gateways": [{**GATEWAY, "longest_idle_minutes": -1}]})
    assert keys(config) == ["gateways[0].longest_idle_minutes"]

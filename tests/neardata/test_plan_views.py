"""A plan's text and HTML say what it holds, and nothing that a catalog made up."""

# ruff: noqa: RUF001 - a range is written with an en dash

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from multicloud_lab.neardata.places import Place
from multicloud_lab.neardata.plans.figures import (
    amount_words,
    dollar_words,
    plain,
    price_words,
    size_words,
    task_words,
)
from multicloud_lab.neardata.plans.plan import Amount, Move, Plan
from multicloud_lab.neardata.plans.plan_picture import plan_picture
from tests.neardata.plans import AWS, HOSTILE, at_home, tangled, workflow


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (8, "8 B"), (999, "999 B"), (999.6, "1.0 kB"), (288_000, "288 kB"),
     (9_949, "9.9 kB"), (9_960, "10 kB"), (1.1e12, "1.1 TB"), (797e9, "797 GB"),
     (5e21, "5,000 EB"), (float("nan"), "unknown")],
)  # fmt: skip
def test_bytes(size: float, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0, 0, "$0.00"), (1e-9, 2e-9, "<$0.01"), (0, 2e-9, "<$0.01"), (0, 0.02, "up to $0.02"),
     (1e-9, 3, "up to $3.00"),
     (190.2, 309.7, "$190–$310"), (36, 36.1, "$36"), (1234.5, 2e6, "$1,234–$2,000,000"),
     (None, None, "price unknown"), (0.5, 9.996, "$0.50–$10")],
)  # fmt: skip
def test_dollars(low: float | None, high: float | None, words: str) -> None:
    assert dollar_words(low, high) == words


def test_what_cannot_be_told_is_said() -> None:
    some, none = Amount(1e6, 1, 2, unknown=2), Amount(0, 0, 0, unknown=2)
    assert amount_words(some) == "1.0 MB + 2 of unknown size"
    assert price_words(some) == "$1.00–$2.00 and more"
    assert amount_words(none) == "2 of unknown size"
    assert price_words(none) == "price unknown"


def test_names_are_one_line_and_not_long() -> None:
    assert plain("a\nb\x1b[0m\N{RIGHT-TO-LEFT OVERRIDE}c") == "a�b�[0m�c"
    long = plain("gs://bucket/" + "x" * 200 + "/store")
    assert len(long) <= 60
    assert long.startswith("gs://bucket/")
    assert long.endswith("/store")


def test_names_of_tasks_are_without_tokens() -> None:
    token = "0123456789abcdef0123456789abcdef"
    assert task_words(("sum", 1, 2)) == "sum"
    assert task_words(f"mean_agg-aggregate-{token}") == "mean_agg-aggregate"
    assert task_words(f"finalize-{token}-{token}") == "finalize"
    assert task_words("asarray-93ecc7b3-4ec7-4717-b52c-40138433bb54") == "asarray"
    assert task_words((f"open-{token}", 0)) == "open"
    assert task_words(7) == "7"


def test_the_workflow_as_text() -> None:
    assert str(workflow()) == repr(workflow())
    assert (
        str(workflow())
        == """\
                  reads        moves             price
aws:us-west-2    1.1 TB  ──►  288 kB  ──►  here  $0.00
gcp:us-central1  1.5 TB  ──►  288 kB  ──►  here  $0.00
total                         576 kB             $0.00

object     runs in           moves  price
hist_lens  aws:us-west-2    288 kB  $0.00
hist_era5  gcp:us-central1  288 kB  $0.00

placed otherwise              moves  price
everything here              2.6 TB  $190–$310
everything in aws:us-west-2  1.5 TB  $120–$180

85,000 tasks. No other placement that reads each store beside it costs less. Prices of 2026-10-01,
for what leaves a region; bytes are estimates."""
    )


def test_everything_is_in_the_text() -> None:
    text = str(tangled())
    lines = [re.sub(r"\s+", " ", line) for line in text.splitlines()]
    assert "aws:us-west-2 1.1 TB ──► 399 GB ──► here $36" in lines
    assert "here ──► 399 GB ──► gcp:us-central1 (gcp-iowa) $0.00" in lines
    assert (
        "azure:westeurope nothing ──► 288 MB + 3 of unknown size ──► here up to $0.02 and more"
        in lines
    )
    assert "an unknown place ──► 3.0 GB ──► here price unknown" in lines
    assert "aws:us-east-1 ──► 5.0 GB ──► aws:us-west-2 $0.10" in lines
    assert "by 1.3% at most" in text
    assert "Not known: Nobody has said" in text
    assert "Advice: Take mean" in text
    assert "\x1b" not in text
    assert not any(line.startswith("Total:") for line in lines)


def test_a_cheaper_way_that_the_cut_does_not_know_of_is_named() -> None:
    """Decoded results may be many times what is stored, and read from afar."""
    dear = replace(workflow(), moves=(Move(1, 0, 9, Amount(4e12, 200, 360)),))
    assert "compute everything in aws:us-west-2, which reads from afar" in str(dear).replace(
        "\n", " "
    )
    assert "cost less: $120–$180." in str(dear).replace("\n", " ")


def test_clusters_of_one_gateway_are_told_apart() -> None:
    places = [Place(AWS, "aws", f"gateway://host:8786/{name}") for name in ("one", "two")]
    plan = Plan((Place(None), *places), (), (), (), (0, 1, 1))
    assert "aws:us-west-2 (aws, one)" in str(plan)
    assert "aws:us-west-2 (aws, two)" in plan._repr_html_()


def test_a_plan_of_nothing_but_home_is_short() -> None:
    assert str(at_home()).split() == ["reads", "here", "3.0", "MB", "3", "tasks."]
    empty = Plan((Place(None),), (), (), (), (0,))
    assert "Nothing is read" in str(empty)
    assert "<svg" not in empty._repr_html_()
    assert "<table" not in empty._repr_html_()


class Seen(HTMLParser):
    """Tags and text of a page, as a browser takes them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("plan", [workflow(), tangled(), at_home()])
def test_html_holds_no_markup_of_others(plan: Plan) -> None:
    seen = Seen(plan._repr_html_())
    assert not {"script", "img", "a", "iframe", "object"} & set(seen.tags)
    assert not {name for name in seen.attributes if name.startswith("on")}
    words = " ".join(seen.text)
    for each in (*plan.uncertain, *plan.advice, *(place.name for place in plan.places)):
        assert each in words


def test_html_says_what_the_text_says() -> None:
    words = " ".join(Seen(tangled()._repr_html_()).text)
    for said in ("399 GB", "$36", "3.0 GB", "price unknown", "5.0 GB", "1.3%", "up to $0.02"):
        assert said in words
    assert HOSTILE in words


def test_the_picture_is_well_formed_and_has_a_description() -> None:
    picture = ET.fromstring(plan_picture(tangled(), "one"))
    assert picture.get("role") == "img"
    title = picture.find("title")
    assert title is not None
    assert title.get("id") == picture.get("aria-labelledby")
    assert "399 GB moves from here to gcp:us-central1 (gcp-iowa), $0.00." in str(title.text)
    boxes = picture.findall("rect")
    assert len(boxes) == 1 + 4 + 1  # Home, its gateways, and what is read from afar.
    inside = float(picture.get("height", 0))
    assert all(float(box.get("y", 0)) + float(box.get("height", 0)) <= inside for box in boxes)


def test_two_pictures_in_a_page_share_no_id() -> None:
    pages = workflow()._repr_html_() + workflow()._repr_html_()
    ids = re.findall(r' id="([^"]+)"', pages)
    assert len(ids) == len(set(ids)) == 4


def test_colours_are_those_of_the_theme() -> None:
    page = workflow()._repr_html_()
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(|: *(black|white)\b", page)
    assert "var(--jp-" in page
    assert "currentColor" in page


def test_a_place_without_a_gateway_is_here() -> None:
    plan = Plan((Place(AWS),), (), (), (), (0,))
    assert plan.places[0].name == "here"

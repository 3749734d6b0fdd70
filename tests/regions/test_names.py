"""Names of regions: forgiving of spellings, strict about nonsense, always with a way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.regions import Region, all_regions, parse_region

KNOWN = [known.region for known in all_regions()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aws:us-west-2", "aws:us-west-2"),
        ("AWS us-west-2", "aws:us-west-2"),
        ("s3:us-west-2", "aws:us-west-2"),
        ("Amazon Web Services: us-west-2", "aws:us-west-2"),
        ("us-west-2", "aws:us-west-2"),
        ("us-east-1a", "aws:us-east-1"),
        ("US West (Oregon)", "aws:us-west-2"),
        ("aws:Oregon", "aws:us-west-2"),
        ("Ireland", "aws:eu-west-1"),
        ("Canada (Central)", "aws:ca-central-1"),
        ("US-CENTRAL1", "gcp:us-central1"),
        ("gcp/us-central1", "gcp:us-central1"),
        ("us-central1-a", "gcp:us-central1"),
        ("us-central1 (Iowa)", "gcp:us-central1"),
        ("Iowa", "gcp:us-central1"),
        ("google cloud montreal", "gcp:northamerica-northeast1"),
        ("US", "gcp:us"),
        ("us (multiple regions in United States)", "gcp:us"),
        ("EU", "gcp:eu"),
        ("ASIA", "gcp:asia"),
        ("google: us", "gcp:us"),
        ("gs:NAM4", "gcp:nam4"),
        ("EUR4", "gcp:eur4"),
        ("eastus", "azure:eastus"),
        ("East US", "azure:eastus"),
        ("west-us-2", "azure:westus2"),
        ("(US) East US", "azure:eastus"),
        ("azure:West Europe", "azure:westeurope"),
        ("local:rack-7", "local:rack-7"),
        ("LOCAL:Rack-7", "local:rack-7"),
    ],
)
def test_forgiving(text: str, expected: str) -> None:
    assert str(parse_region(text)) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("aws:us-west2", "did you mean 'aws:us-west-2'"),
        ("aws:us-central1", "aws:us-"),
        ("us-westt-2", "aws:us-west-2"),
        ("gcp:us-centrall1", "gcp:us-central1"),
        ("us-central1-z", "gcp:us-central1"),
        ("Orgeon", "us-west"),
        ("west europ", "azure:westeurope"),
        ("mars:olympus", "'mars' is no provider; there are aws, azure, gcp, local"),
        ("mars/olympus", "provider:name"),
        ("", "provider:name"),
        ("aws:", "provider:name"),
        ("local:", "provider:name"),
        ("local:a b", "provider:name"),
        ("aws:us-west-2\n; rm -rf", "provider:name"),
        ("aws:*", "provider:name"),
        ("unknown", "provider:name"),
        ("x" * 10_000, "provider:name"),
    ],
)
def test_nonsense_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(UnknownRegionError, match=hint.replace("*", ".")) as refused:
        parse_region(text)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("Oregon", ("aws:us-west-2", "gcp:us-west1")),
        ("sao paulo", ("aws:sa-east-1", "gcp:southamerica-east1")),
        ("Northern Virginia", ()),
    ],
)
def test_a_human_name_of_several_providers_lists_them(text: str, both: tuple[str, ...]) -> None:
    if not both:
        assert str(parse_region(text)) == "gcp:us-east4"
        return
    with pytest.raises(UnknownRegionError, match="several providers") as refused:
        parse_region(text)
    assert all(name in str(refused.value) for name in both)


def test_human_names_may_be_refused() -> None:
    assert str(parse_region("US-CENTRAL1", titles=False)) == "gcp:us-central1"
    with pytest.raises(UnknownRegionError, match="did you mean 'aws:eu-west-1'"):
        parse_region("Ireland", titles=False)


@given(
    st.sampled_from(KNOWN),
    st.sampled_from([":", " : ", "/", " "]),
    st.sampled_from([str.lower, str.upper, str.title]),
    st.text(" \t", max_size=3),
)
def test_every_spelling_of_a_known_region(
    region: Region, separator: str, case: type[str], space: str
) -> None:
    spelled = f"{space}{case(region.provider)}{separator}{case(region.name)}{space}"
    assert parse_region(spelled) == region


@given(
    st.one_of(
        st.text(max_size=120),
        st.from_regex(r"(aws|gcp|azure|local|s3)?[:/ ]?[a-z0-9 ._+(),-]{0,30}", fullmatch=True),
        st.builds(
            lambda region, cut, add: f"{str(region)[:cut]}{add}",
            st.sampled_from(KNOWN),
            st.integers(0, 30),
            st.text(max_size=4),
        ),
    )
)
def test_any_text_is_a_region_that_parses_back_or_one_clear_error(text: str) -> None:
    try:
        region = parse_region(text)
    except UnknownRegionError as error:
        said = str(error)
        assert "write" in said or "did you mean" in said or "there are" in said
    else:
        assert parse_region(str(region)) == region
        assert Region.from_text(str(region)) == region

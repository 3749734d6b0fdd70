"""Names of regions as people, consoles and APIs write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.regions import known as _known  # noqa: F401  (the providers are registered)
from multicloud_lab.regions.provider import PROVIDERS, Place, Provider, folded
from multicloud_lab.regions.region import Region

_LONGEST = 100  # characters; no region's name, in whatever words, is longer
_FORM_HELP = "write provider:name, as in 'aws:us-west-2', or 'local:name' for one in no cloud."


def parse_region(text: str, *, titles: bool = True) -> Region:
    """Read a region as people write it.

    Parameters
    ----------
    text : str
        ``provider:name``; a slash or a space will do for the colon, and case does not matter. The
        provider may be one of its common other names (``google``, ``s3``, …), or left out where
        only one has such a region. A zone stands for its region, and human names (``Iowa``,
        ``West Europe``, ``US West (Oregon)``) are understood.
    titles : bool
        Whether human names count. In metadata they may not: ``region: Ireland`` says what data
        are of, rather than where.

    Raises
    ------
    UnknownRegionError
        No provider has it, or several have; the message suggests what to write.
    """
    if len(text) > _LONGEST:
        raise UnknownRegionError(f"{text[:_LONGEST]!r}… is not a region; {_FORM_HELP}")
    said = " ".join(text.lower().split())
    if not said:
        raise UnknownRegionError(f"{text!r} is not a region; {_FORM_HELP}")
    providers, name = _split(said)
    # A name in parentheses is a remark, as in 'us-central1 (Iowa)', unless it is part of a title.
    spellings = (name, " ".join(re.sub(r"\([^()]*\)", " ", name).split()))
    for reading in (_named, _zoned, _titled) if titles else (_named, _zoned):
        found = {
            Region(provider.name, place.name)
            for provider in providers
            for place in _first(reading(provider, spelling) for spelling in spellings)
        }
        if len(found) == 1:
            return found.pop()
        if found:
            either = " or ".join(repr(str(region)) for region in sorted(found))
            raise UnknownRegionError(f"{text!r} is a region of several providers; write {either}.")
    raise UnknownRegionError(f"{text!r} is not a known region; {_suggestion(providers, name)}")


def _split(said: str) -> tuple[list[Provider], str]:
    """Give the providers that a region may be of, and the name without the provider."""
    words = {
        word: provider
        for provider in PROVIDERS.values()
        for word in (provider.name, *provider.aliases, provider.title.lower())
    }
    for word in sorted(words, key=len, reverse=True):  # "google cloud" before "google"
        rest = said.removeprefix(word)
        if rest != said and (match := re.fullmatch(r"(?: ?[:/] ?| )(?P<name>.*)", rest)):
            return [words[word]], match["name"]
    word, colon, _ = said.partition(":")
    if colon:
        raise UnknownRegionError(
            f"{said!r} is not a region: {word.strip()!r} is no provider; "
            f"there are {', '.join(PROVIDERS)}."
        )
    return [provider for provider in PROVIDERS.values() if provider.places], said


def _named(provider: Provider, name: str) -> Place | None:
    return provider.place(name)


def _zoned(provider: Provider, name: str) -> Place | None:
    match = re.fullmatch(provider.zone, name) if provider.zone else None
    return provider.by_name.get(match[1]) if match else None


def _titled(provider: Provider, name: str) -> Place | None:
    return provider.by_title.get(folded(name))


def _first(places: Iterable[Place | None]) -> list[Place]:
    """Give the first place that there is, in a list, or an empty one."""
    return [place for place in places if place is not None][:1]


def _suggestion(providers: list[Provider], name: str) -> str:
    near: dict[str, str] = {}
    for provider in providers:
        lists: tuple[tuple[Callable[[str], str], dict[str, Place]], ...] = (
            (str, dict(provider.by_name)),
            (folded, dict(provider.by_title)),
        )
        for spelled, places in lists:
            for close in get_close_matches(spelled(name), places, n=1, cutoff=0.7):
                near.setdefault(close, f"{provider.name}:{places[close].name}")
    best = get_close_matches(name, near, n=1, cutoff=0.0)
    return f"did you mean {near[best[0]]!r}?" if best else _FORM_HELP

"""A plan as a picture: regions on the left, home on the right, arrows between them, in SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from multicloud_lab.neardata.places import HOME
from multicloud_lab.neardata.plans.figures import amount_words, counted, price_words
from multicloud_lab.neardata.plans.plan import Amount, Plan
from multicloud_lab.neardata.plans.plan_rows import far_rows, name, rows

# Lengths in pixels at the picture's own size.
_LEFT, _GAP, _RIGHT = 240, 200, 190
_SPACE, _MARGIN, _LINE = 14, 20, 17
_LANE = 48  # of an arrow with a line of text above and one below
_FITS = 30  # characters of a line of text


@dataclass(frozen=True, slots=True)
class _Box:
    """A box on the left and the arrows between it and home."""

    title: str
    lines: tuple[str, ...]
    outward: Amount | None
    inward: Amount | None
    far: bool = False

    @property
    def lanes(self) -> list[tuple[Amount, bool]]:
        """What the arrows carry, and whether they lead home."""
        both = [(self.outward, True), (self.inward, False)]
        return [(amount, home) for amount, home in both if amount is not None]

    @property
    def height(self) -> int:
        """Enough for its text and its arrows."""
        return max(_MARGIN + _LINE * (1 + len(self.lines)), _LANE * len(self.lanes))


def plan_picture(plan: Plan, identity: str) -> str:
    """Draw a plan.

    Parameters
    ----------
    plan : Plan
    identity : str
        What the ids of the picture begin with, so that two pictures in a page do not share any.

    Returns
    -------
    str
        SVG whose colours are those of JupyterLab's theme, or of the text around it. Empty where
        there is nothing but home.
    """
    boxes = list(_boxes(plan))
    if not boxes:
        return ""
    home = _home_lines(plan)
    least = _MARGIN + _LINE * (1 + len(home)) + 2
    height = max(sum(box.height + _SPACE for box in boxes) - _SPACE + 2, least)
    width = _LEFT + _GAP + _RIGHT + 2
    opening = (
        f'<svg class="mcl-plan-picture" role="img" aria-labelledby="{identity}-title" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    )
    title = f'<title id="{identity}-title">{escape(_description(plan))}</title>'
    tip = (
        f'<defs><marker id="{identity}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path class="mcl-tip" d="M0 0L8 4L0 8z"/></marker></defs>'
    )
    parts = [opening, title, tip]
    top = 1
    for box in boxes:
        parts += _box(1, top, _LEFT, box.height, box.title, box.lines, far=box.far)
        for lane, (amount, leaves) in enumerate(box.lanes):
            middle = top + box.height * (lane + 0.5) / len(box.lanes)
            parts += _arrow(middle, amount, identity, leaves=leaves, far=box.far)
        top += box.height + _SPACE
    parts += _box(1 + _LEFT + _GAP, 1, _RIGHT, height - 2, name(plan, HOME), home)
    return "".join([*parts, "</svg>"])


def _boxes(plan: Plan) -> Iterator[_Box]:
    far = list(far_rows(plan))
    listed = rows(plan)
    home = name(plan, HOME)
    for place in range(1, len(plan.places)):
        title = name(plan, place)
        own = next(row for row in listed if row.place == title and row.reads is not None)
        entering = next(
            (row.moves for row in listed if row.place == home and row.to == title), None
        )
        lines = [f"reads {_words(own.reads)}", counted(plan.tasks[place], "task")]
        lines += [f"and {_words(row.moves)} of {row.place}" for row in far if row.to == title]
        yield _Box(title, tuple(lines), own.moves, entering)
    for row in far:
        if row.to == home:
            yield _Box(row.place, ("is read from here",), row.moves, None, far=True)


def _home_lines(plan: Plan) -> tuple[str, ...]:
    own = [row for row in rows(plan) if row.place == name(plan, HOME) and row.reads is not None]
    reads = [f"reads {_words(row.reads)}" for row in own]
    return *reads, counted(plan.tasks[HOME], "task"), f"all moves: {price_words(plan.total)}"


def _words(amount: Amount | None) -> str:
    if amount is None or not (amount.bytes or amount.unknown):
        return "nothing"
    return amount_words(amount)


def _box(
    x: float, y: float, width: float, height: float, title: str, lines: tuple[str, ...], *,
    far: bool = False,
) -> Iterator[str]:  # fmt: skip
    kind = "mcl-box mcl-far" if far else "mcl-box"
    yield f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>'
    first = y + height / 2 - _LINE * len(lines) / 2 + 5
    for number, line in enumerate((title, *lines)):
        weight = "mcl-name" if number == 0 else "mcl-note"
        yield (
            f'<text class="{weight}" x="{x + 12}" y="{first + number * _LINE:.1f}">'
            f"{escape(_short(line))}</text>"
        )


def _arrow(y: float, amount: Amount, identity: str, *, leaves: bool, far: bool) -> Iterator[str]:
    start, end = _LEFT + 9, _LEFT + _GAP - 7
    if not leaves:
        start, end = end, start
    kind = "mcl-arrow mcl-far" if far else "mcl-arrow"
    yield (
        f'<line class="{kind}" x1="{start}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}" '
        f'marker-end="url(#{identity}-tip)"/>'
    )
    for words, dy in ((amount_words(amount), -6), (price_words(amount), 15)):
        yield (
            f'<text class="mcl-note" text-anchor="middle" x="{(start + end) / 2}" '
            f'y="{y + dy:.1f}">{escape(_short(words))}</text>'
        )


def _short(text: str) -> str:
    return text if len(text) <= _FITS else f"{text[: _FITS - 1]}…"


def _description(plan: Plan) -> str:
    """Say in words what the picture shows."""
    said = []
    for row in rows(plan):
        if row.reads is not None:
            said.append(f"{row.place} reads {_words(row.reads)}.")
        if row.moves is not None:
            said.append(
                f"{amount_words(row.moves)} moves from {row.place} to {row.to}, "
                f"{price_words(row.moves)}."
            )
    return " ".join(said) or "Nothing is read and nothing moves."

"""A plan as text: a table of places, what they read and what moves, for a terminal or an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from multicloud_lab.neardata.plans.figures import amount_words, counted, plain, price_words
from multicloud_lab.neardata.plans.plan import Amount, Plan
from multicloud_lab.neardata.plans.plan_rows import Row, judgement, name, prices_note, rows

_ARROW = "──►"
_WIDTH = 100  # characters of a line of prose


def plan_text(plan: Plan) -> str:
    """Write a plan as text."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    header = ("", "reads", "", "moves", "", "", "price")
    found = rows(plan)
    table = [header, *(_cells(row) for row in found)]
    if sum(row.moves is not None for row in found) > 1:
        total = plan.total
        table.append(("total", "", "", amount_words(total), "", "", price_words(total)))
    if found:
        yield from _aligned(table, right={1, 3})
    else:
        yield "Nothing is read and nothing moves."
    if len(plan.objects) > 1:
        yield ""
        objects = [("object", "runs in", "moves", "price")]
        for each in plan.objects:
            where = ", ".join(name(plan, place) for place in each.places)
            objects.append((plain(each.name), where or "here", *_amount(each.total)))
        yield from _aligned(objects, right={2})
    if plan.alternatives:
        yield ""
        others = [("placed otherwise", "moves", "price")]
        others += [(plain(other.name), *_amount(other.amount)) for other in plan.alternatives]
        yield from _aligned(others, right={1})
    tasks = counted(sum(plan.tasks) + plan.anywhere, "task")
    notes = [f"{tasks}.", judgement(plan), prices_note(plan)]
    yield ""
    yield fill(" ".join(filter(None, notes)), _WIDTH)
    for title, sentences in (("Not known", plan.uncertain), ("Advice", plan.advice)):
        for sentence in sentences:
            yield fill(f"{title}: {_sentence(sentence)}", _WIDTH, subsequent_indent="  ")


def _cells(row: Row) -> tuple[str, ...]:
    reads = "" if row.reads is None else _read(row.reads)
    if row.moves is None:
        return row.place, reads, "", "", "", "", ""
    return row.place, reads, _ARROW, amount_words(row.moves), _ARROW, row.to, price_words(row.moves)


def _read(amount: Amount) -> str:
    return amount_words(amount) if amount.bytes or amount.unknown else "nothing"


def _amount(amount: Amount) -> tuple[str, str]:
    return amount_words(amount), price_words(amount)


def _sentence(text: str) -> str:
    """End a sentence, whatever is in it kept on its line."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _aligned(table: Sequence[Sequence[str]], right: set[int]) -> Iterator[str]:
    """Write rows in columns; those that hold nothing at all are left out."""
    below = list(zip(*table[1:], strict=True))
    columns = [column for column, cells in enumerate(below) if any(cells)]
    width = {column: max(len(row[column]) for row in table) for column in columns}
    for row in table:
        cells = (
            row[column].rjust(width[column])
            if column in right
            else row[column].ljust(width[column])
            for column in columns
        )
        yield "  ".join(cells).rstrip()

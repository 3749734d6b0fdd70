"""A plan as HTML, for notebooks: a picture, the same as tables, and what to know about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import count

from multicloud_lab.neardata.plans.figures import amount_words, counted, plain, price_words
from multicloud_lab.neardata.plans.plan import Amount, Plan
from multicloud_lab.neardata.plans.plan_picture import plan_picture
from multicloud_lab.neardata.plans.plan_rows import judgement, name, prices_note, rows

_NUMBERS = count(1)

# JupyterLab's variables follow its theme; elsewhere the colours are those of the text around it.
_STYLE = """
.mcl-plan { color: var(--jp-content-font-color1, currentColor); max-width: 56em; }
.mcl-plan table { border-collapse: collapse; margin: 0.5em 0; font-size: inherit; }
.mcl-plan th, .mcl-plan td { padding: 0.15em 0.8em 0.15em 0; text-align: left;
  vertical-align: baseline; overflow-wrap: break-word; }
.mcl-plan th { font-weight: 600; }
.mcl-plan thead th { border-bottom: 1px solid var(--jp-border-color1, currentColor); }
.mcl-plan .mcl-number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.mcl-plan tr.mcl-total > * {
  border-top: 1px solid var(--jp-border-color1, currentColor); font-weight: 600; }
.mcl-plan p, .mcl-plan ul { margin: 0.5em 0; }
.mcl-plan summary { cursor: pointer; }
.mcl-plan-picture { max-width: 100%; height: auto; margin: 0.5em 0; display: block; }
.mcl-plan-picture text { fill: currentColor; font-size: 13px; }
.mcl-plan-picture .mcl-name { font-weight: 600; }
.mcl-plan-picture .mcl-box { fill: var(--jp-layout-color2, none);
  stroke: var(--jp-border-color0, currentColor); }
.mcl-plan-picture .mcl-arrow { stroke: var(--jp-brand-color1, currentColor); stroke-width: 1.5; }
.mcl-plan-picture .mcl-tip { fill: var(--jp-brand-color1, currentColor); }
.mcl-plan-picture .mcl-far { stroke: var(--jp-warn-color1, currentColor); stroke-dasharray: 5 3; }
"""

Cells = Sequence[str]


def plan_html(plan: Plan) -> str:
    """Write a plan as a fragment of HTML.

    Everything in it is escaped: names and URLs come from catalogs that others wrote.
    """
    identity = f"mcl-plan-{next(_NUMBERS)}"
    return "".join([
        f'<div class="mcl-plan"><style>{_STYLE}</style>',
        plan_picture(plan, identity),
        *_tables(plan),
        *_notes(plan),
        "</div>",
    ])  # fmt: skip


def _tables(plan: Plan) -> Iterator[str]:
    found = rows(plan)
    body = []
    for row in found:
        reads = "" if row.reads is None else _words(row.reads)
        if row.moves is None:
            body.append((row.place, reads, "", "", ""))
        else:
            to = f"{row.to} (stored data)" if row.far else row.to
            body.append((row.place, reads, to, amount_words(row.moves), price_words(row.moves)))
    several = sum(row.moves is not None for row in found) > 1
    if several:
        total = plan.total
        body.append(("total", "", "", amount_words(total), price_words(total)))
    if body:
        header = ("place", "reads", "to", "moves", "price")
        yield _table(header, body, numbers={1, 3, 4}, total=several)
    if len(plan.objects) > 1:
        objects = []
        for each in plan.objects:
            where = ", ".join(name(plan, place) for place in each.places)
            objects.append((plain(each.name), where or "here", *_amount(each.total)))
        yield _table(("object", "runs in", "moves", "price"), objects, numbers={2, 3})
    if plan.alternatives:
        others = [(plain(other.name), *_amount(other.amount)) for other in plan.alternatives]
        yield _table(("placed otherwise", "moves", "price"), others, numbers={1, 2})


def _notes(plan: Plan) -> Iterator[str]:
    tasks = f"{counted(sum(plan.tasks) + plan.anywhere, 'task')}."
    notes = " ".join(filter(None, [tasks, judgement(plan), prices_note(plan)]))
    yield f"<p>{escape(notes)}</p>"
    for title, sentences in (("Not known", plan.uncertain), ("Advice", plan.advice)):
        if sentences:
            items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
            yield f"<p><strong>{title}</strong></p><ul>{items}</ul>"
    if plan.readings:
        read = [
            (
                plain(reading.dataset or reading.url),
                "unknown" if reading.region is None else str(reading.region),
                name(plan, reading.place),
                f"{reading.tasks:,}",
                _words(reading.amount),
            )
            for reading in plan.readings
        ]
        table = _table(("store", "is in", "read from", "tasks", "bytes"), read, numbers={3, 4})
        summary = f"What is read: {counted(len(read), 'store')}"
        yield f"<details><summary>{summary}</summary>{table}</details>"


def _table(header: Cells, body: Sequence[Cells], numbers: set[int], *, total: bool = False) -> str:
    """Write a table, without the columns that hold nothing."""
    columns = [column for column, cells in enumerate(zip(*body, strict=True)) if any(cells)]

    def row(cells: Cells, *, last: bool = False) -> str:
        kind = ' class="mcl-total"' if last else ""
        first, *others = columns
        rest = "".join(f"<td{_number(at, numbers)}>{escape(cells[at])}</td>" for at in others)
        return f'<tr{kind}><th scope="row">{escape(cells[first])}</th>{rest}</tr>'

    head = "".join(f'<th scope="col"{_number(at, numbers)}>{header[at]}</th>' for at in columns)
    written = "".join(row(cells, last=total and cells is body[-1]) for cells in body)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{written}</tbody></table>"


def _number(column: int, numbers: set[int]) -> str:
    return ' class="mcl-number"' if column in numbers else ""


def _amount(amount: Amount) -> tuple[str, str]:
    return amount_words(amount), price_words(amount)


def _words(amount: Amount) -> str:
    return amount_words(amount) if amount.bytes or amount.unknown else "nothing"

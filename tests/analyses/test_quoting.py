"""Python source from hostile text: it evaluates back, and never becomes anything else."""

from __future__ import annotations

import ast
import builtins
import keyword

import pytest

from multicloud_lab.analyses.quoting import WIDTH, call, comment, identifier, literal


def test_a_literal_evaluates_back_on_one_line(hostile: str) -> None:
    source = literal(hostile)
    assert ast.literal_eval(source) == hostile
    assert len(source.splitlines()) == 1
    assert literal([hostile, {hostile: (hostile,)}]).count("\n") == 0


def test_other_plain_data_evaluate_back() -> None:
    value = {"a": [1, 2.5, None, True], "b": {"c": (), "d": ("x",)}, 3: -1}
    assert ast.literal_eval(literal(value)) == value
    with pytest.raises(TypeError, match="object"):
        literal({"secret": object()})


def test_nothing_invisible_or_that_turns_a_line_is_in_a_literal(hostile: str) -> None:
    source = literal(hostile)
    assert all(character.isprintable() for character in source)
    assert not set(source) & set("\u202e\u202c\u05d0\u0627")


def test_a_comment_stays_one(hostile: str) -> None:
    source = comment(hostile)
    assert ast.parse(source).body == []
    assert len(source.splitlines()) == 1
    assert len(source) <= WIDTH


def check_identifier(name: str) -> None:
    word = identifier(name)
    assert word.isidentifier()
    assert word.isascii()
    assert not keyword.iskeyword(word)
    assert not keyword.issoftkeyword(word)
    assert not hasattr(builtins, word)
    assert identifier(name, {word}) != word


def test_a_hostile_name_makes_an_identifier(hostile: str) -> None:
    check_identifier(hostile)


@pytest.mark.parametrize(
    "name", ["class", "print", "match", "2m_temperature", "é", "__init__", "a-b.c d"]
)
def test_a_reserved_or_odd_name_makes_an_identifier(name: str) -> None:
    check_identifier(name)


def test_identifiers_are_readable() -> None:
    assert identifier("PRECT") == "prect"
    assert identifier("era5_hourly") == "era5_hourly"
    assert identifier("PRECT", {"prect"}) == "prect_2"
    long = "era5_hourly_reanalysis_single_levels_sa"
    assert identifier(long) == "era5_hourly_reanalysis"
    assert identifier(long, {"era5_hourly_reanalysis"}) == "era5_hourly_reanalysis_2"


@pytest.mark.parametrize("width", range(1, 120, 7))
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_call_is_one_statement_of_any_length(width: int, count: int) -> None:
    arguments = [literal("x" * width)] * count
    source = call("value = function", arguments, tail=".done()", note="a note")
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Assign)
    assert ast.unparse(statement) == f"value = function({', '.join(arguments)}).done()".replace(
        '"', "'"
    )

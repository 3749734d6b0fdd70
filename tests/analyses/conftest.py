"""Words that a hostile catalog may hold."""

from __future__ import annotations

import pytest

HOSTILE = (
    "plain",
    "",
    "it's",
    'say "hi"',
    "both ' and \"",
    '"""',
    "''' + __import__('os').system('true') + '''",
    "back\\slash\\",
    "\\",
    'ends with \\"',
    "new\nline\r\n\ttab",
    "nul\x00 bell\x07 delete\x7f",
    "line\u2028separator\u2029paragraph\x85next",
    "{braces} {{twice}} %s %(name)s $dollar #hash",
    "\u202eright to left\u202c \u05d0\u05d1 \u0627",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "lone surrogate \ud800",
    "snow \u2603 and \U0001f40d",
    "x" * 500,
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every test that asks for a hostile word each of them."""
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))

"""The parts without a gateway: the book, bounds, options forms, credentials."""

from __future__ import annotations

import base64
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dask_gateway.auth import BasicAuth, GatewayAuth, JupyterHubAuth

from multicloud_lab.config import AuthConfig
from multicloud_lab.errors import GatewayUnreachableError, InvalidInputError
from multicloud_lab.gateways.book import Book, open_book
from multicloud_lab.gateways.credentials import Credential, make_credential, register
from multicloud_lab.gateways.credentials.credential import KINDS
from multicloud_lab.gateways.entries import Entry, Submission, Usage
from multicloud_lab.gateways.lost import PROCESS, has_ended
from multicloud_lab.gateways.options import check_options, read_form
from multicloud_lab.records import SignIn

ENTRY = Entry("gcp-iowa", "abc", "ann", 1, 20, False, "", "pangeo/era5", 1.5)


# --- the book ---------------------------------------------------------------------------------


def test_a_book_keeps_what_it_was_told(tmp_path: Path) -> None:
    path = tmp_path / "a" / "book.sqlite"
    book = Book(path)
    other = replace(ENTRY, name="d'ef", dataset=None, applied=True, message="c", idle_minutes=7.5)
    for entry in (ENTRY, other, replace(ENTRY, gateway="aws-oregon"), replace(ENTRY, maximum=9)):
        book.remember(entry)
    book.close()
    assert path.stat().st_mode & 0o077 == 0
    book = Book(path)
    assert book.entries("gcp-iowa") == {"abc": replace(ENTRY, maximum=9), "d'ef": other}
    book.forget("gcp-iowa", ["abc", "nobody"])
    assert list(book.entries("gcp-iowa")) == ["d'ef"]
    assert list(book.entries("aws-oregon")) == ["abc"]
    book.close()


def test_a_book_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "book")
    database.execute(
        "create table clusters (gateway text, name text, username text, minimum integer, "
        "maximum integer, applied integer, message text, dataset text, started real, "
        "primary key (gateway, name))"
    )
    database.execute(
        "insert into clusters values ('gcp-iowa', 'abc', 'ann', 1, 20, 0, '', 'pangeo/era5', 1.5)"
    )
    database.execute(
        "create table submissions (id text primary key, gateway text, username text, "
        "minimum integer, maximum integer, dataset text, options text, before text, asked real, "
        "wanted integer, lost integer)"
    )
    database.execute(
        "insert into submissions values ('s', 'gcp-iowa', 'ann', 0, 2, null, '{}', '[]', 3, 1, 0)"
    )
    database.commit()
    database.close()
    for _ in range(2):
        book = Book(tmp_path / "book")
        assert book.entries("gcp-iowa") == {"abc": ENTRY}
        (submission,) = book.submissions("gcp-iowa")
        assert (submission.id, submission.process) == ("s", "")
        book.submit(replace(submission, process="host:7:a"))
        assert book.submissions("gcp-iowa")[0].process == "host:7:a"
        book.submit(submission)
        book.close()


def test_a_book_keeps_what_clusters_use_and_what_was_asked_for(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.use("gcp-iowa", "ann", {"abc": 20.0, "def": 0.0}, 100.0, 110.0)
    book.use("gcp-iowa", "ann", {"abc": 10.0}, 105.0, 115.0)  # half of it was counted before
    book.use("gcp-iowa", "ann", {"abc": 10.0}, 120.0, 120.0)  # no time at all
    book.keep("gcp-iowa", "abc", "ann", 130.0)
    book.keep("gcp-iowa", "new", "ann", 140.0)
    asked = Submission("starting-1", "gcp-iowa", "ann", 0, 2, None, "{}", "[]", 99.0)
    book.submit(asked)
    book.submit(replace(asked, lost=True, idle_minutes=0.0))
    book.close()
    book = Book(tmp_path / "book")
    assert book.usages("gcp-iowa") == {
        "abc": Usage("ann", 25.0, 130.0),
        "def": Usage("ann", 0.0, 0.0),
        "new": Usage("ann", 0.0, 140.0),
    }
    (kept,) = book.submissions("gcp-iowa")
    assert kept == replace(asked, lost=True, idle_minutes=0.0)
    assert kept.entry("abc").idle_minutes == 0.0
    assert book.submissions("aws-oregon") == []
    book.settle(asked)
    book.forget("gcp-iowa", ["abc", "def"])
    assert list(book.usages("gcp-iowa")) == ["new"]
    assert book.submissions("gcp-iowa") == []
    book.close()


def test_a_process_that_is_gone_waits_for_nothing() -> None:
    host, own, _ = PROCESS.rsplit(":", 2)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert has_ended(f"{host}:{gone.pid}:a")
    assert has_ended(f"{host}:{own}:a")  # the container's number before its restart
    assert not has_ended(PROCESS)
    assert not has_ended(f"{host}:{os.getppid()}:a")
    assert not has_ended(f"another-{host}:{gone.pid}:a")  # which nobody here can know
    assert not has_ended("")


def test_two_servers_share_a_book(tmp_path: Path) -> None:
    one, two = Book(tmp_path / "book"), Book(tmp_path / "book")
    one.remember(ENTRY)
    two.remember(replace(ENTRY, name="def"))
    assert one.entries("gcp-iowa") == two.entries("gcp-iowa")
    assert len(one.entries("gcp-iowa")) == 2


def test_a_broken_book_is_put_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "book"
    path.write_text("this is no database " * 100)
    book = Book(path)
    book.remember(ENTRY)
    assert book.entries("gcp-iowa") == {"abc": ENTRY}
    assert (tmp_path / "book.broken").read_text().startswith("this is no database")
    assert "book.broken" in caplog.text


def test_a_book_that_cannot_be_opened_is_kept_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    book = open_book(tmp_path / "file" / "book")
    book.remember(ENTRY)
    assert book.entries("gcp-iowa") == {"abc": ENTRY}
    assert "are not kept" in caplog.text


def test_a_book_that_cannot_be_written_goes_on_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "book"
    book = Book(path)
    book.remember(ENTRY)
    database = sqlite3.connect(path)
    database.execute(
        "create trigger full before insert on clusters begin select raise(abort, 'x'); end"
    )
    pages = database.execute("pragma page_count").fetchone()[0]
    database.execute("drop trigger full")
    database.close()
    book._database.execute(f"pragma max_page_count = {pages}")  # as on a full disk
    big = replace(ENTRY, name="def", message="x" * 100_000)
    book.remember(big)
    assert book.entries("gcp-iowa") == {"abc": ENTRY, "def": big}
    assert "until this process ends only" in caplog.text


# --- options ----------------------------------------------------------------------------------


def field(name: str, default: object, **spec: object) -> dict[str, Any]:
    return {"field": name, "label": name.title(), "default": default, "spec": spec}


FORM = [
    field("cores", 1, type="int", min=1, max=4),
    field("memory", 2.5, type="float", min=0.5),
    field("image", "a", type="string"),
    field("gpu", False, type="bool"),
    field("size", "small", type="select", options=["small", "large"]),
    field("environment", {}, type="mapping"),
]


def test_a_form_is_read_as_it_is() -> None:
    fields = read_form(FORM)
    assert [each.type for each in fields] == [each["spec"]["type"] for each in FORM]
    assert (fields[0].label, fields[0].default) == ("Cores", 1)
    assert (fields[0].minimum, fields[0].maximum, fields[1].maximum) == (1, 4, None)
    assert fields[4].choices == ("small", "large")


@pytest.mark.parametrize(
    "form", [None, [1], [{}], [{"field": "a", "spec": {"type": "colour"}}], "no", {"a": 1}]
)
def test_what_is_no_form(form: Any) -> None:
    with pytest.raises(GatewayUnreachableError, match="cannot be understood"):
        read_form(form)


def test_values_that_fit() -> None:
    check_options(
        read_form(FORM),
        {
            "cores": 4,
            "memory": 1,
            "image": "",
            "gpu": True,
            "size": "large",
            "environment": {"A": "b"},
        },
    )


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"core": 1}, "no option 'core'; it has cores, memory"),
        ({"cores": 1.0}, "'cores' must be of type int"),
        ({"cores": True}, "'cores' must be of type int"),
        ({"cores": 0}, "'cores' must be from 1 to 4, not 0"),
        ({"memory": 0.25}, "'memory' must be at least 0.5, not 0.25"),
        ({"memory": float("nan")}, "'memory' must be a number, not nan"),
        ({"memory": float("inf")}, "'memory' must be a number, not inf"),
        ({"image": None}, "'image' must be of type text"),
        ({"gpu": 1}, "'gpu' must be of type bool"),
        ({"size": "huge"}, "'size' must be one of small, large, not 'huge'"),
        ({"environment": []}, "'environment' must be of type mapping"),
    ],
)
def test_values_that_do_not(values: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_options(read_form(FORM), values)
    assert says in str(refused.value)


# --- credentials ------------------------------------------------------------------------------


class Token(GatewayAuth):  # type: ignore[misc] # the package has no types
    def __init__(self, token: str) -> None:
        self.token = token


class Own(Credential):
    """A kind that somebody else may write."""

    known = frozenset({"colour"})

    def auth(self) -> GatewayAuth | None:
        return GatewayAuth()

    def hint(self) -> str:
        return "say please."


CONTRACT: list[tuple[dict[str, Any], type | None]] = [
    ({"type": "basic"}, None),
    ({"type": "basic", "username": "ann", "password_env": "SOME_SECRET"}, BasicAuth),
    ({"type": "jupyterhub"}, JupyterHubAuth),
    ({"type": f"{__name__}:Token", "token": "hush-hush"}, GatewayAuth),
    ({"type": f"{__name__}:Own", "colour": "red"}, GatewayAuth),
]


@pytest.mark.parametrize(("config", "kind"), CONTRACT)
def test_every_kind_keeps_the_contract(
    config: dict[str, Any], kind: type | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_SECRET", "hush-hush")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "hush-hush")
    credential = make_credential(AuthConfig(**config))
    auth = credential.auth()
    assert auth is None if kind is None else isinstance(auth, kind)
    assert credential.hint().endswith(".")
    assert "hush-hush" not in repr(credential) + str(vars(type(credential)))
    if kind is not None and "colour" not in config:
        assert "hush-hush" in credential.secrets()
    assert isinstance(credential.signed_out(), Credential)
    assert isinstance(credential.signed_in(SignIn(password="")), Credential)


def test_a_password_is_for_basic_and_a_token_for_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    kerberos = make_credential(AuthConfig(type="kerberos"))
    with pytest.raises(InvalidInputError, match="no password to type") as refused:
        kerberos.signed_in(SignIn(password="hush-hush"))
    assert "hush-hush" not in str(refused.value)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "of-the-server")
    hub = make_credential(AuthConfig(type="jupyterhub"))
    newer = hub.signed_in(SignIn(password=" hush-hush\n"))
    auth = newer.auth()
    assert isinstance(auth, JupyterHubAuth)
    assert (auth.api_token, newer.secrets()) == ("hush-hush", ("hush-hush", "of-the-server"))
    assert newer.signed_in(SignIn(password="")).secrets() == newer.secrets()
    assert newer.signed_out().secrets() == hub.secrets() == ("of-the-server",)
    with pytest.raises(InvalidInputError, match="only ASCII") as refused:
        hub.signed_in(SignIn(password="hush\nhush-ž"))
    assert "hush" not in str(refused.value)
    typed = make_credential(AuthConfig(type="basic", username="ann")).signed_in(
        SignIn(username="bob", password="hush-hush")
    )
    assert (typed.username, typed.signed_out().auth()) == ("bob", None)
    assert isinstance(typed.auth(), BasicAuth)


def test_basic_signs_what_the_gateway_can_read_and_refuses_the_rest_without_showing_it() -> None:
    plain = make_credential(AuthConfig(type="basic", username="ann"))
    utf8 = make_credential(AuthConfig(type="basic", username="ann", encoding="utf-8"))
    latin = make_credential(AuthConfig(type="basic", username="ann", encoding="latin-1"))
    for basic, password, sent in (
        (plain, "cheese: 100 %", b"cheese: 100 %"),
        (utf8, "Käse пароль", b"K\xc3\xa4se \xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"),
        (latin, "Käse", b"K\xe4se"),
    ):
        typed = basic.signed_in(SignIn(password=password))
        auth = typed.auth()
        assert auth is not None
        headers, _ = auth.pre_request(None)
        pair = headers["Authorization"].removeprefix("Basic ")
        assert base64.b64decode(pair) == b"ann:" + sent
        assert {pair, password} <= set(typed.secrets())
    for basic, sign_in in (
        (plain, SignIn(password="Käse")),
        (plain, SignIn(username="zoë", password="hush-hush")),
        (latin, SignIn(password="пароль")),
        (utf8, SignIn(password="half a \ud83d")),
        (plain, SignIn(username="a:b", password="hush-hush")),
    ):
        with pytest.raises(InvalidInputError) as refused:
            basic.signed_in(sign_in)
        assert sign_in.password not in f"{refused.value!r} {refused.value.__context__!r}"


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"type": "magic"}, "no auth.type 'magic'; there are basic, jupyterhub, kerberos"),
        (
            {"type": "basic", "password": "hush-hush"},
            "no option 'password'; it has encoding, password_env",
        ),
        ({"type": "basic", "username": 7}, "auth.username must be a text"),
        ({"type": "basic", "password_env": "A", "password_file": "b"}, "not both"),
        ({"type": "basic", "encoding": "klingon"}, "no encoding of text; say utf-8 or latin-1"),
        ({"type": "basic", "encoding": "rot13"}, "no encoding of text"),
        ({"type": "jupyterhub", "token": "hush-hush"}, "no option 'token'; it has none"),
        ({"type": "no_such_module:Class"}, "cannot be imported"),
        ({"type": "json:Nothing"}, "cannot be imported"),
        ({"type": "json:JSONDecoder"}, "neither a Credential"),
    ],
)
def test_a_configuration_that_cannot_be(config: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make_credential(AuthConfig(**config))
    assert says in str(refused.value)
    assert "hush-hush" not in str(refused.value)


def test_what_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN", raising=False)
    (tmp_path / "latin").write_bytes(b"hush-hush \xff")
    for config, says in (
        (AuthConfig(type="jupyterhub"), "JUPYTERHUB_API_TOKEN is not set"),
        (AuthConfig(type="basic", password_env="NOT_SET"), "NOT_SET, which should hold"),
        (AuthConfig(type="basic", password_file=str(tmp_path / "no")), "No such file"),
        (AuthConfig(type="basic", password_file=str(tmp_path / "latin")), "not UTF-8"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            make_credential(config).auth()
        assert says in str(refused.value)
        assert "hush" not in f"{refused.value!r} {refused.value.__context__!r}"


def test_another_kind_is_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "please", Own)
    assert register("please")(Own) is Own
    made = make_credential(AuthConfig(type="please"))
    assert (made.kind, type(made)) == ("please", Own)

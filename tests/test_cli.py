"""The command line: what it prints, what it exits with, and that it never shows a traceback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab import cli
from multicloud_lab.demo.clouds import Clouds

SHARED = Path(__file__).parents[2] / "shared" / "data"
ESC = "\x1b[2J"

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Write a small catalog and a configuration, and give the configuration's path."""
    sources = {
        "era5": {
            "driver": "zarr",
            "args": {"urlpath": "gs://b/era5", "storage_options": {"requester_pays": True}},
            "description": f"Rain {ESC}\nand more",
            "metadata": {"region": "gcp:us-central1"},
        },
        "lens": {"driver": "zarr", "args": {"urlpath": "s3://lens/x"}},
        "lost": {"driver": "zarr", "args": {"urlpath": "s3://lost/x"}},
    }
    (tmp_path / "cat.yaml").write_text(yaml.safe_dump({"sources": sources}))
    return write_config(
        tmp_path,
        catalogs=[{"name": "mine", "url": str(tmp_path / "cat.yaml")}],
        regions={"s3://lens": "aws:us-west-2"},
    )


def write_config(directory: Path, **values: Any) -> Path:
    path = directory / "config.json"
    path.write_text(json.dumps({"MulticloudLab": values}))
    return path


def run_json(capsys: Capture, *argv: object) -> Any:
    assert cli.main([*map(str, argv), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_datasets_json_has_what_the_contract_says(lab: Path, capsys: Capture) -> None:
    rows = run_json(capsys, "datasets", "--config", lab)
    assert [row["id"] for row in rows] == ["mine/era5", "mine/lens", "mine/lost"]
    assert rows[0]["region"] == "gcp:us-central1"
    assert rows[0]["evidence"] == "catalog"
    assert rows[0]["requester_pays"] is True
    assert rows[0]["format"] == "zarr"
    assert rows[0]["catalog"] == "mine"
    assert rows[0]["name"] == "era5"
    assert rows[0]["description"].startswith("Rain")
    replica = rows[0]["replicas"][0]
    assert (replica["url"], replica["region"], replica["evidence"]) == (
        "gs://b/era5", "gcp:us-central1", "catalog",
    )  # fmt: skip
    assert rows[1]["url"] == "s3://lens/x"
    assert (rows[1]["region"], rows[1]["evidence"]) == ("aws:us-west-2", "configured")
    assert (rows[2]["region"], rows[2]["evidence"]) == (None, "unknown")


def test_datasets_filters(lab: Path, capsys: Capture) -> None:
    rows = run_json(capsys, "datasets", "--config", lab, "--region", "gcp:*")
    assert [row["name"] for row in rows] == ["era5"]
    rows = run_json(capsys, "datasets", "--config", lab, "--text", "lens")
    assert [row["name"] for row in rows] == ["lens"]


def test_datasets_table_is_one_line_a_row_without_control_characters(
    lab: Path, capsys: Capture
) -> None:
    assert cli.main(["datasets", "--config", str(lab)]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert len(lines) == 4
    assert lines[1].split()[:4] == ["mine/era5", "gcp:us-central1", "catalog", "zarr"]
    assert "[requester pays]" in lines[1]
    assert "\x1b" not in out


def test_datasets_over_a_catalog_file(lab: Path, capsys: Capture) -> None:
    file = lab.parent / "cat.yaml"
    rows = run_json(capsys, "datasets", file, file)
    assert [row["id"] for row in rows][::3] == ["cat/era5", "cat-2/era5"]
    index = lab.parent / "nested" / "catalog.yaml"
    index.parent.mkdir()
    index.write_text(file.read_text())
    assert run_json(capsys, "datasets", index)[0]["id"] == "nested/era5"


def test_datasets_of_a_broken_catalog_beside_a_good_one(lab: Path, capsys: Capture) -> None:
    bad = lab.parent / "bad.yaml"
    bad.write_text("sources: [")
    assert cli.main(["datasets", str(lab.parent / "cat.yaml"), str(bad), "--json"]) == 1
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)) == 3
    assert captured.err.count("\n") == 1
    assert "bad.yaml is not YAML (line" in captured.err


def test_datasets_over_the_real_catalogs(capsys: Capture) -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the real catalogs are not beside this checkout ({SHARED} is absent)")
    master = SHARED / "pangeo-datastore" / "intake-catalogs" / "master.yaml"
    pangeo = run_json(capsys, "datasets", master)
    assert "master/hydro/camels/basin_mean_forcing_gcp" in {row["id"] for row in pangeo}
    assert (
        len({"/".join(row["id"].split("/")[:3]) for row in pangeo if "climate" in row["id"]}) == 6
    )
    assert sum(not row["id"].startswith("master/climate/") for row in pangeo) == 91
    lens = run_json(capsys, "datasets", SHARED / "cesm-lens" / "aws-cesm1-le.json")
    assert len({row["id"] for row in lens}) == 442


def test_locate(lab: Path, capsys: Capture) -> None:
    urls = ["s3://lost/x", "gs://b/era5/tp/0.0", "https://lens.s3.amazonaws.com/y"]
    found = run_json(capsys, "locate", *urls, "--config", lab)
    assert [(item["url"], item["region"], item["evidence"]) for item in found] == [
        (urls[0], None, "unknown"),
        (urls[1], "gcp:us-central1", "catalog"),
        (urls[2], "aws:us-west-2", "configured"),
    ]
    assert all(item["detail"] for item in found)
    assert cli.main(["locate", *urls, "--config", str(lab)]) == 0
    assert "gcp:us-central1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "size", "low", "high"),
    [
        (("gcp:us-central1", "aws:us-west-2", "1.5TB"), 1.5e12, 120, 180),
        (("aws:us-west-2", "aws:us-west-2", "288000"), 288000, 0, 0),
        (("aws:us-east-1", "aws:us-west-2", "1GiB"), 2**30, 0.02 * 2**30 / 1e9, None),
        (("aws:us-west-2", "internet", "10 GB"), 1e10, 0, 0.9),
    ],
)
def test_price(
    argv: tuple[str, ...], size: float, low: float, high: float | None, capsys: Capture
) -> None:
    answer = run_json(capsys, "price", *argv)
    assert answer["bytes"] == size
    assert answer["low"] == pytest.approx(low)
    assert answer["high"] == pytest.approx(low if high is None else high)
    assert answer["price_per_gb"]["date"] == "2026-10-01"


def test_price_of_a_url_and_one_that_is_not_known(lab: Path, capsys: Capture) -> None:
    answer = run_json(capsys, "price", "s3://lens/x", "gcp:us-central1", "1GB", "--config", lab)
    assert answer["from"] == "aws:us-west-2"
    unknown = run_json(capsys, "price", "local:rack", "gcp:us-central1", "1GB")
    assert unknown["low"] is None
    assert cli.main(["price", "local:rack", "gcp:us-central1", "1GB"]) == 0
    assert "not known" in capsys.readouterr().out
    assert cli.main(["price", "s3://lost/x", "gcp:us-central1", "1GB"]) == 1
    assert "not known" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), "usage"),
        (("nonsense",), "usage"),
        (("datasets",), "--config"),
        (("datasets", "--config", "no-such-file.json"), "no-such-file.json"),
        (("datasets", "cat.yaml", "--region", "<b>"), "pattern"),
        (("locate",), "usage"),
        (("price", "gcp:us-centrall1", "aws:us-west-2", "1"), "gcp:us-central1"),
        (("price", "gcp:us", "aws:us-west-2", "many"), "number of bytes"),
        (("price", "gcp:us", "aws:us-west-2", "1e999"), "more bytes"),
        (("check",), "--config"),
        (("demo", "--port", "99999999"), "port"),
        (("demo", "--size", "huge"), "huge"),
    ],
)
def test_wrong_usage_is_status_2(argv: tuple[str, ...], words: str, capsys: Capture) -> None:
    assert cli.main(argv) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.out == ""
    assert "Traceback" not in captured.err


def test_check_names_all_that_is_wrong(lab: Path, capsys: Capture) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    sources = {
        "gone": {
            "driver": "yaml_file_cat",
            "args": {"path": "gone.yaml"},
        }
    }
    (lab.parent / "half.yaml").write_text(yaml.safe_dump({"sources": sources}))
    config = write_config(
        lab.parent,
        gateways=[
            {"name": "down", "region": "aws:us-west-2", "address": address},
            {"name": "odd", "region": "aws:us-west2", "address": address},
        ],
        catalogs=[
            {"name": "mine", "url": str(lab.parent / "cat.yaml")},
            {"name": "none", "url": str(lab.parent / "none.yaml")},
            {"name": "half", "url": str(lab.parent / "half.yaml")},
        ],
        regions={"s3://lens": "aws:us-west-2", "gs://x": "gcp:nowhere"},
    )
    assert cli.main(["check", "--config", str(config), "--json"]) == 1
    findings = {(f["kind"], f["name"]): f for f in json.loads(capsys.readouterr().out)}
    wrong = {key for key, finding in findings.items() if not finding["ok"]}
    assert wrong == {
        ("setting", "gateways[1].region"),
        ("setting", "regions[gs://x]"),
        ("gateway", "down"),
        ("catalog", "none"),
        ("catalog", "half/gone"),
    }
    assert all(findings[key]["mend"] for key in wrong)
    assert findings["region", "s3://lens"]["ok"]
    assert "1 of them in no known region" in findings["catalog", "mine"]["message"]
    assert cli.main(["check", "--config", str(config)]) == 1
    assert "FAIL  gateway down" in capsys.readouterr().out


class Slow(BaseHTTPRequestHandler):
    """A gateway that thinks before it says that it is well."""

    def do_GET(self) -> None:
        if self.path == "/api/health":
            time.sleep(2.5)  # more than a list of gateways waits for
        body = b'{"status": "pass", "version": "1"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_check_waits_for_a_slow_gateway(tmp_path: Path, capsys: Capture) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        slow = {"name": "slow", "region": "aws:us-west-2", "address": address}
        try:
            config = write_config(tmp_path, gateways=[slow])
            (finding,) = run_json(capsys, "check", "--config", config)
        finally:
            server.shutdown()
            thread.join()
    assert finding["message"] == f"{address} in aws:us-west-2 answers and wants a sign-in"


def test_check_of_a_good_configuration(lab: Path, capsys: Capture) -> None:
    assert cli.main(["check", "--config", str(lab)]) == 0
    assert "FAIL" not in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_error(lab: Path) -> None:
    many = {f"d{i}": {"driver": "zarr", "args": {"urlpath": "gs://b/x"}} for i in range(5000)}
    (lab.parent / "many.yaml").write_text(yaml.safe_dump({"sources": many}))
    command = [
        sys.executable,
        "-m",
        "multicloud_lab.cli",
        "datasets",
        str(lab.parent / "many.yaml"),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("dataset")
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 0


def test_help_does_not_import_the_heavy_parts() -> None:
    code = (
        "import sys; from multicloud_lab.cli import main; status = main(['--help'])\n"
        "heavy = {'dask', 'xarray', 'pydantic', 'fsspec', 'yaml', 'tornado'} & set(sys.modules)\n"
        "sys.exit(status or len(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "datasets" in done.stdout


def test_check_and_datasets_over_real_gateways_and_catalogs(
    clouds: Clouds, tmp_path: Path, capsys: Capture
) -> None:
    config = write_config(
        tmp_path,
        gateways=[
            {"name": gateway.name, "region": region, "address": gateway.address}
            for region, gateway in clouds.gateways.items()
        ],
        catalogs=[
            {"name": "pangeo", "url": str(clouds.intake_catalog)},
            {"name": "lens", "url": str(clouds.esm_catalog)},
        ],
        regions={"s3://ncar-cesm-lens": "aws:us-west-2"},
    )
    findings = run_json(capsys, "check", "--config", config)
    gateways = [finding for finding in findings if finding["kind"] == "gateway"]
    assert [gateway["name"] for gateway in gateways] == [g.name for g in clouds.gateways.values()]
    assert all("wants a sign-in" in gateway["message"] for gateway in gateways)
    rows = {row["id"]: row for row in run_json(capsys, "datasets", "--config", config)}
    assert rows["pangeo/atmosphere/era5"]["region"] == "gcp:us-central1"
    assert rows["lens/atm/hourly6-1990-2005/PRECT"]["region"] == "aws:us-west-2"


def test_check_names_a_password_that_does_not_sign_in(
    clouds: Clouds, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws, gcp = clouds.gateways.values()
    monkeypatch.delenv("NO_SUCH_PASSWORD", raising=False)
    monkeypatch.setenv("THE_PASSWORD", aws.password)
    (tmp_path / "password").write_text("not the one\n")
    gateways = [
        {"name": name, "region": gateway.region, "address": gateway.address, "auth": auth}
        for name, gateway, auth in (
            ("unset", aws, {"username": "ana", "password_env": "NO_SUCH_PASSWORD"}),
            ("wrong", gcp, {"username": "ana", "password_file": str(tmp_path / "password")}),
            ("right", aws, {"username": "ana", "password_env": "THE_PASSWORD"}),
        )
    ]
    config = write_config(tmp_path, gateways=gateways)
    assert cli.main(["check", "--config", str(config), "--json"]) == 1
    unset, wrong, right = json.loads(capsys.readouterr().out)
    assert (unset["ok"], wrong["ok"], right["ok"]) == (False, False, True)
    assert "NO_SUCH_PASSWORD, which should hold the password, is not set" in unset["message"]
    assert "check the password in the file" in wrong["message"]
    assert unset["mend"] == wrong["mend"] != ""
    assert right["message"].endswith("answers")

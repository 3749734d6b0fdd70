"""A notebook waits for a sign-in in the panel, goes on by itself, gives up, can be stopped."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from multicloud_lab.background import BackgroundLoop
from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.errors import SignInNeededError
from multicloud_lab.lab import Lab
from multicloud_lab.records import SignIn
from multicloud_lab.service import LabService


@pytest.fixture
def attended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits before the notebook."""
    monkeypatch.setattr("multicloud_lab.beside.somebody_is_there", lambda: True)


@pytest.fixture
def panel(clouds: Clouds) -> Iterator[tuple[LabService, BackgroundLoop]]:
    """Give what the panel talks to: nobody has signed in there."""
    from multicloud_lab.config import read_config

    loop = BackgroundLoop()

    async def start() -> LabService:
        made = LabService(read_config(clouds.config()))
        await made.start()
        return made

    service = loop.run(start())
    yield service, loop
    loop.run(service.close())
    loop.close()


@pytest.fixture
def lab(panel: tuple[LabService, BackgroundLoop]) -> Lab:
    """Give a lab as a notebook of a Jupyter server has it; the panel closes it."""
    service, loop = panel
    return Lab(service, loop, dashboards="/")


@pytest.mark.usefixtures("attended")
def test_it_goes_on_when_somebody_has_signed_in_to_both(
    lab: Lab, panel: tuple[LabService, BackgroundLoop], clouds: Clouds
) -> None:
    service, loop = panel

    def sign_in() -> None:
        for gateway in clouds.gateways.values():
            time.sleep(1.5)
            loop.run(service.sign_in(gateway.name, SignIn(password=gateway.password)))

    person = threading.Thread(target=sign_in)
    person.start()
    began = time.monotonic()
    clients = [lab.client(near=region) for region in (GCP, AWS)]
    assert time.monotonic() - began >= 1.5
    person.join()
    assert [str(client.cluster_record.region) for client in clients] == [GCP, AWS]
    lab._beside.close(shutdown=True)


@pytest.mark.usefixtures("attended")
def test_it_gives_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multicloud_lab.beside.SIGN_IN_DEADLINE", 1.5)
    began = time.monotonic()
    with pytest.raises(SignInNeededError, match="Sign in to gcp-iowa in the Multi-Cloud Lab panel"):
        lab.client(near=GCP)
    assert 1.5 <= time.monotonic() - began < 60


def test_it_does_not_wait_where_nobody_sits(lab: Lab) -> None:
    began = time.monotonic()
    with pytest.raises(SignInNeededError, match=r"mcl\.sign_in\('gcp-iowa'\)"):
        lab.client(near=GCP)
    assert time.monotonic() - began < 60


@pytest.mark.usefixtures("attended")
def test_it_can_be_interrupted(lab: Lab) -> None:
    main = threading.main_thread().ident or 0
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(1.5, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            lab.client(near=GCP)
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - began < 60

"""A Kerberos realm of this machine: a real KDC, its users, and the keytab of a gateway."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from multicloud_lab.demo.processes import Processes, free_ports

HERE = Path(sys.prefix) / "kerberos"
"""Where scripts/setup-kerberos puts what is not installed."""
PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit", "kdestroy")
NAME = "LAB.TEST"

_CLIENT = """\
[libdefaults]
  default_realm = {name}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {name} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  127.0.0.1 = {name}
"""

_KDC = """\
[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {name} = {{
    database_name = {directory}/principal
    key_stash_file = {directory}/stash
    acl_file = {directory}/acl
    max_life = 1h
  }}
[dbmodules]
  db_module_dir = {modules}
"""


def missing() -> str:
    """Say what of Kerberos is not here; nothing if all is."""
    for program in PROGRAMS:
        if _find(program) is None:
            return f"there is no {program}; scripts/setup-kerberos gets it"
    return ""


class Realm:
    """A realm that runs.

    Parameters
    ----------
    processes : Processes
        That the KDC belongs to.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._directory = processes.state_dir / "kdc"
        self._directory.mkdir()
        (self.port,) = free_ports(1)
        self.keytab = self._directory / "gateway.keytab"
        self.environment = {
            "KRB5_CONFIG": str(self._directory / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(self._directory / "kdc.conf"),
            "KRB5CCNAME": f"FILE:{self._directory}/tickets",
            "PYTHONPATH": str(HERE / "python"),
        }
        libraries = HERE / "ready"
        if libraries.exists():
            self._libraries = {"LD_LIBRARY_PATH": libraries.read_text().strip()}
        else:
            self._libraries = {}
        values = {"name": NAME, "port": self.port, "directory": self._directory}
        (self._directory / "krb5.conf").write_text(_CLIENT.format(**values))
        modules = next(HERE.rglob("plugins/kdb"), Path("/usr/lib/krb5/plugins/kdb"))
        (self._directory / "kdc.conf").write_text(_KDC.format(**values, modules=modules))
        self._run("kdb5_util", "create", "-s", "-P", "of the database")
        self._admin("addprinc -randkey HTTP/127.0.0.1")
        self._admin(f"ktadd -k {self.keytab} HTTP/127.0.0.1")
        self.start()

    def start(self) -> None:
        """Start the KDC, and wait until it takes connections."""
        program = _find("krb5kdc")
        assert program is not None
        self._processes.start("kdc", [program, "-n"], {**self.environment, **self._libraries})
        self._processes.wait_until("kdc", self._listens)

    def stop(self) -> None:
        """Stop the KDC."""
        process = self._processes._running["kdc"]
        process.terminate()
        process.wait(60)

    def add(self, user: str) -> None:
        """Make a user, whose password is their name."""
        self._admin(f"addprinc -pw {user} {user}")

    def kinit(self, user: str, life: str = "1h") -> None:
        """Get a ticket, as a person does who types the password."""
        self._run("kinit", "-l", life, user, typed=user)

    def kdestroy(self) -> None:
        """Throw all tickets away."""
        self._run("kdestroy")

    def _admin(self, query: str) -> None:
        self._run("kadmin.local", "-q", query)

    def _run(self, name: str, *arguments: str, typed: str = "") -> None:
        program = _find(name)
        assert program is not None
        done = subprocess.run(
            [program, *arguments],
            env={**os.environ, **self.environment, **self._libraries},
            input=f"{typed}\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _find(program: str) -> str | None:
    places = [str(HERE / "usr" / "sbin"), str(HERE / "usr" / "bin"), os.environ.get("PATH", "")]
    return shutil.which(program, path=os.pathsep.join([*places, "/usr/sbin"]))

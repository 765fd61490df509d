"""A real MariaDB server in a temporary folder, for as long as a block lasts."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import MySQLdb
import pytest

from tests.support.patience import PATIENCE_S
from tests.support.services.ports import free_port

POLL_S = 0.1
SERVER, INSTALLER = "mariadbd", "mariadb-install-db"


@dataclass(frozen=True)
class MariaDB:
    """A running server. `url(database)` is what TRIVIEW_DB_URL takes."""

    folder: Path
    port: int
    user: str
    password: str

    @property
    def socket(self) -> Path:
        """The server's unix socket."""
        return self.folder / "s"

    def url(self, database: str) -> str:
        """URL of `database` over TCP."""
        return f"mysql://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Name of a new, empty database."""
        name = f"triview_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return name

    def copy_tables(self, source: str, target: str) -> None:
        """Copy every table of one database, rows included, into another that is empty."""
        connection = MySQLdb.connect(unix_socket=str(self.socket), user="root", database=target)
        try:
            cursor = connection.cursor()
            cursor.execute("SET foreign_key_checks = 0")  # tables come in no order
            cursor.execute(f"SHOW TABLES FROM {source}")
            for (table,) in cursor.fetchall():
                cursor.execute(f"SHOW CREATE TABLE {source}.{table}")
                cursor.execute(cursor.fetchone()[1])
                cursor.execute(f"INSERT INTO {table} SELECT * FROM {source}.{table}")  # noqa: S608 - names of our own
            connection.commit()
        finally:
            connection.close()

    def execute(self, *statements: str) -> None:
        """Run statements as the server's administrator."""
        connection = MySQLdb.connect(unix_socket=str(self.socket), user="root")
        try:
            for statement in statements:
                connection.cursor().execute(statement)
        finally:
            connection.close()


def _binary(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = f"{name} is not installed (Debian: apt-get install mariadb-server)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def mariadb(folder: Path) -> Iterator[MariaDB]:
    """Install and start a server below `folder` (a short path: unix sockets allow about 100 characters)."""
    server, installer = _binary(SERVER), _binary(INSTALLER)
    folder.mkdir(parents=True, exist_ok=True)
    running = MariaDB(folder=folder, port=free_port(), user="triview", password=secrets.token_hex(8))
    user = f"--user={getpass.getuser()}"
    subprocess.run(
        [
            installer,
            "--no-defaults",
            f"--datadir={folder / 'data'}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--force",  # no look-up of this machine's name, which need not resolve
            "--innodb-log-file-size=8M",
            user,
        ],
        check=True,
        capture_output=True,
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                server,
                "--no-defaults",
                f"--datadir={folder / 'data'}",
                f"--socket={running.socket}",
                f"--port={running.port}",
                f"--pid-file={folder / 'pid'}",
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=8M",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-doublewrite=0",
                "--debug-no-sync",  # a server that no test lets survive its machine
                user,
            ],
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_ready(process, running)
        running.execute(
            f"CREATE USER '{running.user}'@'%' IDENTIFIED BY '{running.password}'",
            f"GRANT ALL ON *.* TO '{running.user}'@'%'",
        )
        yield running
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _wait_until_ready(process: subprocess.Popen[bytes], running: MariaDB) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            running.execute("SELECT 1")
        except MySQLdb.OperationalError:
            if time.monotonic() > deadline:
                pytest.fail(f"MariaDB was not ready in {PATIENCE_S:.0f} s:\n{(running.folder / 'log').read_text()}")
        else:
            return
        try:
            process.wait(timeout=POLL_S)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"MariaDB stopped while starting:\n{(running.folder / 'log').read_text()}")

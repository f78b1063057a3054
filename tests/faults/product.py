"""The product as people run it: web server and worker, on servers of its own that can be hurt."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from config.devstack import servers
from config.devstack.process import LOOPBACK, Child, free_port, spawn
from config.devstack.servers import Server, start_throwaway_postgres, start_valkey
from tests.database import _migrated, _new_place

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0
# What the product needs to have something to answer: a brand, a token, a public page.
FILL = """
from datetime import datetime, UTC
from crm.choices import Role, Scope
from crm.models import ApplicationPage, Brand, User, UserRole
from crm.services import tokens
brand = Brand.objects.create(slug="acme", name="Acme")
user = User.objects.create_user(email="s@acme.example", password="correct horse battery")
UserRole.objects.create(user=user, brand=brand, role=Role.ADMIN)
_, secret = tokens.create_token(
    user=user, brand=brand, name="faults", scopes=list(Scope), at=datetime.now(UTC)
)
print(secret)
"""


@dataclass(frozen=True)
class Answer:
    """What the web server answered, and after how many seconds."""

    status: int
    headers: HTTPMessage
    body: str
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Product:
    """Everything that runs, by name, and how to stop and start it."""

    place: Path
    database: Path
    postgres: Server
    valkey: Server
    web: Child | None = None
    worker: Child | None = None
    beat: Child | None = None
    port: int = field(default_factory=free_port)
    token: str = ""

    @classmethod
    def start(cls, place: Path) -> Product:
        """All of it; the first page has answered when this returns."""
        # PostgreSQL runs as nobody where we are root, who may not look into `place`.
        database = _new_place()
        postgres = start_throwaway_postgres(database, like=_migrated())
        valkey = start_valkey(data=place / "valkey", log=place / "valkey.log")
        made = cls(place, database, postgres, valkey)
        # As people run it: what was committed is there after a stop.
        made.sql(f"ALTER DATABASE {servers.DATABASE} SET synchronous_commit = on")
        made.start_web()
        made.start_worker()
        made.token = made.manage("shell", "-v", "0", "-c", FILL).splitlines()[-1]
        made.wait_until(made.is_well, "the product is ready")
        return made

    def wait_until(
        self, holds: Callable[[], object], what: str, patience: float = PATIENCE
    ) -> None:
        """Fails after `patience` seconds, with what each part wrote last."""
        until = time.monotonic() + patience
        while not holds():
            if time.monotonic() > until:
                pytest.fail(f"it never came to that: {what}\n{self._last_words()}")
            time.sleep(0.1)

    def _last_words(self) -> str:
        parts = (self.web, self.worker, self.beat, self.valkey.child, self.postgres.child)
        return "\n".join(
            f"--- {part.name}, {'running' if part.running() else 'ended'}\n{part.log_tail(40)}"
            for part in parts
            if part is not None
        )

    def is_well(self) -> bool:
        """Whether the web server misses nothing."""
        answer = self.get("/readyz")
        return answer.status == 200 and answer.json() == {"missing": []}

    def takes_tasks(self) -> bool:
        """Whether the worker has come up."""
        assert self.worker is not None
        return " ready." in self.worker.log.read_text(encoding="utf-8", errors="replace")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.place),
            "RAPPORT_ENV": "dev",
            "RAPPORT_HOME": str(self.place / "home"),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
        }

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_web(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--threads", "4"]
        command += ["--bind", f"{LOOPBACK}:{self.port}", "--no-control-socket"]
        self.web = self._spawn("web", command)

    def start_worker(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "1"]
        command += ["-l", "INFO", "--without-gossip", "--without-mingle"]
        self.worker = self._spawn("worker", command)

    @property
    def schedule(self) -> Path:
        """What beat remembers."""
        return self.place / "beat-schedule"

    def start_beat(self) -> None:
        """As the supervisor does, but on the schedule of tests/faults/hasty.py."""
        command = [sys.executable, "-m", "celery", "-A", "tests.faults.hasty", "beat"]
        command += ["-l", "INFO", "-s", str(self.schedule), "--pidfile="]
        self.beat = self._spawn("beat", command)

    def kill_beat(self) -> None:
        """As when memory runs out: it closes nothing."""
        assert self.beat is not None
        os.killpg(self.beat.process.pid, signal.SIGKILL)
        self.beat.process.wait()

    def _spawn(self, name: str, command: list[str]) -> Child:
        log = self.place / f"{name}.log"
        return spawn(
            name,
            command,
            log=log,
            env=self.environment,
            cwd=ROOT,
            orphan_signal=signal.SIGKILL,
        )

    def stop_postgres(self) -> None:
        self.postgres.child.stop()

    def start_postgres(self) -> None:
        """On the same files and the same port."""
        self.postgres = servers._run_postgres(
            servers._postgres_programs(),
            self.database / "data",
            (self.database / "password").read_text(encoding="ascii"),
            log=self.database / "postgres.log",
            port=self.postgres.port,
            options=servers.FAST_AND_FORGETFUL,
            stop_signal=signal.SIGINT,
        )

    @contextmanager
    def full_valkey(self) -> Iterator[None]:
        """It answers, and takes nothing more."""
        with redis.Redis.from_url(self.valkey.url) as valkey:
            valkey.config_set("maxmemory", 1)
            try:
                yield
            finally:
                valkey.config_set("maxmemory", 0)

    @contextmanager
    def stopped_valkey(self) -> Iterator[None]:
        """It is not there."""
        self.valkey.child.stop()
        try:
            yield
        finally:
            self.start_valkey()

    def start_valkey(self) -> None:
        self.valkey = start_valkey(
            data=self.place / "valkey", log=self.place / "valkey.log", port=self.valkey.port
        )

    def stop(self) -> None:
        for child in (self.web, self.worker, self.beat, self.valkey.child, self.postgres.child):
            if child is not None:
                child.stop(timeout=5)
        shutil.rmtree(self.database, ignore_errors=True)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url, autocommit=True) as database:
            found = database.execute(statement, values)  # type: ignore[call-overload]
            return list(found.fetchall()) if found.description else []

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(f"http://{LOOPBACK}:{self.port}{path}"))

    def rest(self, path: str, body: object = None) -> Answer:
        """GET, or with a body POST, with the token."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        address = f"http://{LOOPBACK}:{self.port}/api/v1/{path}"
        return self._ask(urllib.request.Request(address, data, headers))

    @staticmethod
    def _ask(request: urllib.request.Request) -> Answer:
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - http, ours
                status, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, headers, body = error.code, error.headers, error.read()
        except (OSError, HTTPException):
            status, headers, body = 0, HTTPMessage(), b""
        return Answer(status, headers, body.decode(), time.monotonic() - began)

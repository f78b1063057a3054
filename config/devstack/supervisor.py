"""`manage.py up`: servers, migrations, static files, demo brand, worker, beat and web, in order."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType

from config.devstack.commands import start_again, start_servers
from config.devstack.home import PROJECT, SAY_EVERY, Home
from config.devstack.process import LOOPBACK, Child, die_with_parent, is_free, spawn
from config.devstack.servers import ServerFailedError

PASSWORDS_FILE = "demo-passwords.json"
FIRST_PAGE_TIMEOUT = 300.0
# A part that ends by itself is started again, but not one that ends so often without ever having
# lived for so many seconds in between.
MOST_RESTARTS = 3
WELL_AFTER = 60.0


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


def up(arguments: Sequence[str]) -> int:
    """Run the whole product in the foreground until a signal, or until a part ends for good.

    Returns the exit code. Raises HomeInUseError and ServerFailedError.
    """
    options = _parser().parse_args(arguments)
    if options.with_parent:
        die_with_parent(signal.SIGTERM, parent=os.getppid())
    home = Home.from_environment()
    home.run_servers()
    try:
        return Supervisor(home, web_port()).run()
    finally:
        home.release()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="manage.py up",
        description=(
            "Start PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name servers of your"
            " own), prepare the database, and run worker, beat and web until Ctrl-C. PORT chooses"
            " the web port (8000), RAPPORT_HOME the data folder (./var)."
        ),
    )
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="stop when the process that started this one ends (Linux; `make run` uses it)",
    )
    return parser


def web_port() -> int:
    """The port that PORT asks for, 8000 by default; ServerFailedError when it cannot be had."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 65535:
        raise ServerFailedError(f"PORT is {wanted!r}; it must be a number from 1 to 65535.")
    if not is_free(int(wanted)):
        raise ServerFailedError(
            f"Port {wanted} is taken by another program (or needs more rights). Stop that program"
            f" or choose another port: PORT={int(wanted) + 1} make run."
        )
    return int(wanted)


class Supervisor:
    """Starts the parts in order, watches them, and stops them in the opposite order."""

    def __init__(self, home: Home, port: int) -> None:
        self.home = home
        self.url = f"http://{LOOPBACK}:{port}/"
        self.bind = f"{LOOPBACK}:{port}"
        self.began = time.monotonic()
        self.children: list[Child] = []
        self.again: dict[str, Callable[[], Child]] = {}
        self.restarts: Counter[str] = Counter()
        self.restarted_at: dict[str, float] = {}

    def run(self) -> int:
        """Everything, from the first server to the last stop; the exit code."""
        signals = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup: outlive the terminal
            signals.append(signal.SIGHUP)
        for signum in signals:
            signal.signal(signum, _stop)
        try:
            self.start()
            ended = self.watch()
            self.say(f"{ended.name} ends each time it is started (see {ended.log}): giving up")
        except StopRequested:
            self.say("Stopping")
            return 0
        finally:
            for signum in signals:
                signal.signal(signum, signal.SIG_IGN)  # once is enough: the stop is under way
            self.stop()
        return 1

    def start(self) -> None:
        """Bring every part up; the first page has answered when this returns."""
        for server in start_servers(self.home):
            self.children.append(server.child)
            self.again[server.child.name] = partial(start_again, self.home, server)
            self.say(f"{server.child.name} answers on {LOOPBACK}:{server.port}")
        first_start = not (self.home.path / PASSWORDS_FILE).exists()
        self.prepare()
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        # Asked to stop, a worker whose broker is gone waits for it to come back: hence SIGKILL.
        worker = [*celery, "worker", "-l", "INFO", "-c", "2", "-I", "config.devstack.pool"]
        self.part("worker", worker, orphan_signal=signal.SIGKILL)
        schedule = self.home.path / "celerybeat-schedule"
        self.part("beat", [*celery, "beat", "-l", "INFO", "-s", schedule, "--pidfile="])
        gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", self.bind]
        gunicorn += ["--workers", "2", "--threads", "4", "--graceful-timeout", "5"]
        gunicorn += ["--no-control-socket", "--limit-request-line", "8190"]
        web = self.part("web", gunicorn, orphan_signal=signal.SIGQUIT)
        self.wait_for_first_page(web)
        self.home.publish(
            database_url=os.environ["DATABASE_URL"],
            redis_url=os.environ["REDIS_URL"],
            command="manage.py up",
        )
        self.say(f"Ready: {self.url}", plain=True)
        self.show_logins(first_start=first_start)

    def prepare(self) -> None:
        """Database, demo brand and static files, side by side; ServerFailedError if one fails."""
        self.say("Preparing the database and the static files")
        manage = [sys.executable, "manage.py"]
        steps = [
            self._spawn("database", [*manage, "ensure_demo", "--migrate"]),
            self._spawn("static", [*manage, "collectstatic", "--no-input", "--ignore=*.map"]),
        ]
        self.children += steps
        told = time.monotonic()
        while under_way := [step for step in steps if step.running()]:
            time.sleep(0.05)
            if time.monotonic() - told > SAY_EVERY:
                told = time.monotonic()
                for step in under_way:
                    self.say(f"Still at the {step.name}. {step.log_tail(1).strip()[:80]}".rstrip())
        for step in steps:
            self.children.remove(step)
            if step.process.returncode != 0:
                raise ServerFailedError(
                    f"Preparing the {step.name} failed (log: {step.log}).\n{step.log_tail()}"
                )
        self.say("Database, demo brand and static files are ready")

    def part(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        orphan_signal: signal.Signals | None = None,
    ) -> Child:
        """Start a part that runs to the end; `orphan_signal` ends it quickly if we are killed."""
        self.again[name] = partial(self._spawn, name, command, orphan_signal)
        child = self.again[name]()
        self.children.append(child)
        self.say(f"{name} started (log: {child.log})")
        return child

    def _spawn(
        self,
        name: str,
        command: Sequence[str | Path],
        orphan_signal: signal.Signals | None = None,
    ) -> Child:
        return spawn(
            name, command, log=self.home.log(name), orphan_signal=orphan_signal, cwd=PROJECT
        )

    def wait_for_first_page(self, web: Child) -> None:
        """Return once the web server has answered a request."""
        self.say("Waiting for the first page")
        until = time.monotonic() + FIRST_PAGE_TIMEOUT
        while not self._answers():
            if not web.running() or time.monotonic() > until:
                raise ServerFailedError(f"The web server does not answer.\n{web.log_tail()}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=30) as answer:  # noqa: S310 - http, ours
                answer.read()
        except urllib.error.HTTPError as error:
            raise ServerFailedError(
                f"The first page answered {error.code} {error.reason}."
            ) from error
        except OSError:
            return False
        return True

    def show_logins(self, *, first_start: bool) -> None:
        """The demo users: with passwords at the first start, later where these are kept."""
        file = self.home.path / PASSWORDS_FILE
        if not first_start:
            self.say(f"Demo users and their passwords: {file}", plain=True)
            return
        self.say(f"Demo users (kept in {file}):", plain=True)
        for email, password in json.loads(file.read_text(encoding="utf-8")).items():
            self.say(f"  {email:<26} {password}", plain=True)

    def watch(self) -> Child:
        """Start what ends by itself again; return the part that does so for good."""
        while True:
            for place, child in enumerate(self.children):
                if child.running():
                    continue
                self.say(f"{child.name} ended by itself:\n{child.log_tail()}")
                child.stop()  # what it started must not stay behind
                if time.monotonic() - self.restarted_at.get(child.name, 0.0) > WELL_AFTER:
                    self.restarts[child.name] = 0
                if self.restarts[child.name] >= MOST_RESTARTS:
                    return child
                self.restarts[child.name] += 1
                self.restarted_at[child.name] = time.monotonic()
                self.children[place] = self.again[child.name]()
                self.say(f"{child.name} started again (log of before: {child.log}.1)")
            time.sleep(0.25)

    def stop(self) -> None:
        """Stop the parts, the last one first: nobody loses the database before it is done."""
        while self.children:
            child = self.children.pop()
            child.stop()
            self.say(f"{child.name} stopped")

    def say(self, text: str, *, plain: bool = False) -> None:
        """One line of progress, with the seconds since the start unless `plain`."""
        stamp = "" if plain else f"[{time.monotonic() - self.began:5.1f} s] "
        print(f"{stamp}{text}", flush=True)  # noqa: T201 - this is its screen


def _stop(_signum: int, _frame: FrameType | None) -> None:
    raise StopRequested

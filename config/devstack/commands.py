"""What manage.py does before a command that needs a database: use the servers, or start them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from config.devstack.home import Home
from config.devstack.process import Child
from config.devstack.servers import (
    Server,
    ServerFailedError,
    new_data_folder,
    start_postgres,
    start_valkey,
)

# These ask no database; everything else may.
WITHOUT_DATABASE = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "makemigrations",
        "spectacular",
        "startapp",
        "version",
    }
)
HELP_FLAGS = frozenset({"-h", "--help", "--version"})
POSTGRES_PORT = 54320
VALKEY_PORT = 63790


def needs_database(arguments: Sequence[str]) -> bool:
    """Whether the command line `arguments` (without the program) may ask a database."""
    if not arguments or HELP_FLAGS.intersection(arguments):
        return False
    return arguments[0] not in WITHOUT_DATABASE


def start_servers(home: Home) -> list[Server]:
    """Start the servers whose address the environment does not give, and put theirs there."""
    started = []
    if not os.environ.get("DATABASE_URL"):
        postgres = start_postgres(
            data=new_data_folder(home.path / "postgres"),
            password_file=home.path / "postgres-password",
            log=home.log("postgres"),
            port=POSTGRES_PORT,
        )
        os.environ["DATABASE_URL"] = postgres.url
        started.append(postgres)
    if not os.environ.get("REDIS_URL"):
        try:
            valkey = start_valkey(
                data=home.path / "valkey", log=home.log("valkey"), port=VALKEY_PORT
            )
        except BaseException:
            stop_servers(started)
            raise
        os.environ["REDIS_URL"] = valkey.url
        started.append(valkey)
    return started


def start_again(home: Home, ended: Server) -> Child:
    """A server of `start_servers` that ended, on the same data and port, where others look for it.

    Raises ServerFailedError.
    """
    is_postgres = ended.child.name == "PostgreSQL"
    place = home.path / ("postgres" if is_postgres else "valkey")
    if is_postgres:
        fresh = start_postgres(
            data=new_data_folder(place),
            password_file=home.path / "postgres-password",
            log=home.log("postgres"),
            port=ended.port,
        )
    else:
        fresh = start_valkey(data=place, log=home.log("valkey"), port=ended.port)
    if fresh.port != ended.port:
        fresh.child.stop()
        raise ServerFailedError(
            f"{ended.child.name} ended, and another program took its port {ended.port} since."
        )
    return fresh.child


def stop_servers(started: Sequence[Server]) -> None:
    """Stop the servers, the last one first."""
    for server in reversed(started):
        server.child.stop()


@contextmanager
def servers(arguments: Sequence[str]) -> Iterator[None]:
    """For the time of a command, DATABASE_URL and REDIS_URL name servers that answer.

    Given ones are used as they are. Else, in development and tests, the servers of a running
    `make run` or of another command are used; when there are none they are started and, once
    nobody else uses them, stopped. Production never starts any.
    """
    given = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    production = os.environ.get("RAPPORT_ENV", "dev") not in {"dev", "test"}
    if given or production or not needs_database(arguments):
        yield
        return
    home = Home.from_environment()
    home.use_servers()
    try:
        if home.try_to_run_servers():
            home.stop_using()
            with _own_servers(home, arguments):
                yield
        else:
            state = home.wait_for_state(say=lambda text: sys.stderr.write(f"{text} ...\n"))
            for name, url in (
                ("DATABASE_URL", state.database_url),
                ("REDIS_URL", state.redis_url),
            ):
                if url and not os.environ.get(name):
                    os.environ[name] = url
            yield
    finally:
        home.release()


@contextmanager
def _own_servers(home: Home, arguments: Sequence[str]) -> Iterator[None]:
    started = start_servers(home)
    try:
        home.publish(
            database_url=os.environ["DATABASE_URL"],
            redis_url=os.environ["REDIS_URL"],
            command=" ".join(["manage.py", *arguments[:1]]),
        )
        yield
    finally:
        if not home.wait_for_users(patient=False):
            sys.stderr.write("Other commands still use the database: waiting for them.\n")
            home.wait_for_users(patient=True)
        stop_servers(started)

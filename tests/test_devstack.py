"""Servers and processes of a desk: found, stopped, and never left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import manage
from config.devstack import commands, supervisor
from config.devstack.home import Home, HomeInUseError, State
from config.devstack.process import free_port, is_free, spawn
from config.devstack.servers import ServerFailedError, new_data_folder
from config.devstack.supervisor import Supervisor

PROJECT = Path(__file__).resolve().parent.parent


class TestPorts:
    def test_a_free_port_is_taken_as_wished(self) -> None:
        port = free_port()
        assert is_free(port)
        assert free_port(port) == port

    def test_the_database_gets_another_port_when_its_own_is_taken(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            assert not is_free(taken)
            assert free_port(taken) != taken

    def test_the_web_port_is_not_changed_in_silence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            monkeypatch.setenv("PORT", str(taken))
            with pytest.raises(ServerFailedError, match=f"^Port {taken} is taken by another"):
                supervisor.web_port()

    @pytest.mark.parametrize("wanted", ["http", "0", "70000", "-1", "80 "])
    def test_a_port_that_is_none_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, wanted: str
    ) -> None:
        monkeypatch.setenv("PORT", wanted)
        with pytest.raises(ServerFailedError, match="it must be a number from 1 to 65535"):
            supervisor.web_port()


class TestHome:
    def test_only_its_owner_may_look_in(self, tmp_path: Path) -> None:
        Home(tmp_path / "home")
        assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700

    def test_a_second_start_is_refused_and_told_who_has_the_folder(self, tmp_path: Path) -> None:
        first, second = Home(tmp_path), Home(tmp_path)
        first.run_servers()
        first.publish(database_url="postgres://d", redis_url="redis://r", command="manage.py up")
        with pytest.raises(HomeInUseError) as refused:
            second.run_servers()
        assert str(refused.value) == (
            f"`manage.py up` (process {os.getpid()}) already uses the data folder {tmp_path}."
            f" Stop it first, or name another folder: RAPPORT_HOME=… make run."
        )
        first.release()
        second.run_servers()
        second.release()

    def test_a_database_whose_files_are_gone_is_not_made_anew(self, tmp_path: Path) -> None:
        place = tmp_path / "postgres"
        place.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(ServerFailedError) as refused:
            new_data_folder(place)
        assert str(refused.value) == (
            f"The database's files are gone: {place} leads to {tmp_path / 'elsewhere'}, which is"
            f" not there. Bring them back, or remove {place} to start afresh without them."
        )
        assert place.is_symlink()
        assert not (tmp_path / "elsewhere").exists()

    def test_the_state_is_private_and_goes_with_its_owner(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.run_servers()
        home.publish(database_url="postgres://d", redis_url=None, command="manage.py shell")
        assert stat.S_IMODE(home.state_file.stat().st_mode) == 0o600
        assert State.read(home.state_file) == State(
            os.getpid(), "manage.py shell", "postgres://d", None
        )
        home.release()
        assert State.read(home.state_file) is None

    def test_the_state_of_a_killed_process_is_not_believed(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        State(1, "manage.py up", "postgres://gone", None).write(home.state_file)
        home.run_servers()
        assert State.read(home.state_file) is None
        home.release()

    def test_who_waits_for_servers_says_so_and_gives_up_with_whom_it_waits_for(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("config.devstack.home.SAY_EVERY", 0.0)
        starter, waiting = Home(tmp_path), Home(tmp_path)
        starter.run_servers()
        said: list[str] = []

        def say(text: str) -> None:
            said.append(text)
            if len(said) == 2:
                starter.publish(database_url="postgres://d", redis_url=None, command="manage.py up")

        assert waiting.wait_for_state(say=say).database_url == "postgres://d"
        assert set(said) == {f"Waiting for the servers that another command starts in {tmp_path}"}
        starter.state_file.unlink()
        with pytest.raises(HomeInUseError, match="do not answer"):
            waiting.wait_for_state(timeout=0.0, say=said.append)
        starter.release()
        with pytest.raises(HomeInUseError, match="ended before they answered"):
            waiting.wait_for_state(say=said.append)
        # Nothing is held: the next command starts them.
        starter.run_servers()
        starter.release()

    def test_servers_wait_for_the_commands_that_use_them(self, tmp_path: Path) -> None:
        owner, user = Home(tmp_path), Home(tmp_path)
        owner.run_servers()
        user.use_servers()
        assert owner.wait_for_users(patient=False) is False
        user.release()
        assert owner.wait_for_users(patient=False) is True
        owner.release()


class TestProcesses:
    def test_parts_stop_in_the_opposite_order(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        parts = Supervisor(Home(tmp_path), free_port())
        for name in ("database", "worker", "web"):
            parts.children.append(
                spawn(name, ["sleep", "600"], log=tmp_path / name, stop_signal=signal.SIGTERM)
            )
        started = list(parts.children)
        parts.stop()
        said = [line.partition("] ")[2] for line in capsys.readouterr().out.splitlines()]
        assert said == ["web stopped", "worker stopped", "database stopped"]
        assert [child.process.returncode for child in started] == [-signal.SIGTERM] * 3

    def test_a_part_that_ends_is_started_again_and_one_that_always_does_ends_all(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        parts = Supervisor(Home(tmp_path), free_port())
        flag = tmp_path / "flag"
        once = f"test -e {flag} && exec sleep 600; touch {flag}; echo lost; exit 1"
        parts.part("worker", ["sh", "-c", once])
        parts.part("beat", ["sh", "-c", "sleep 0.3; exit 1"])
        try:
            assert parts.watch().name == "beat"
            worker = parts.children[0]
            assert (worker.name, worker.running()) == ("worker", True)
        finally:
            parts.stop()
        assert parts.restarts == {"worker": 1, "beat": supervisor.MOST_RESTARTS}
        said = capsys.readouterr().out
        assert "worker ended by itself:\nlost\n" in said
        assert f"worker started again (log of before: {tmp_path}/logs/worker.log.1)" in said

    def test_a_part_that_does_not_stop_is_killed(self, tmp_path: Path) -> None:
        stubborn = (
            "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(600)"
        )
        child = spawn("x", [sys.executable, "-u", "-c", stubborn], log=tmp_path / "x.log")
        while not child.log.read_text():
            time.sleep(0.01)
        child.stop(timeout=0.2)
        assert child.process.returncode == -signal.SIGKILL

    def test_the_log_of_the_time_before_is_kept(self, tmp_path: Path) -> None:
        for word in ("first", "second"):
            spawn("x", ["echo", word], log=tmp_path / "x.log").process.wait()
        assert (tmp_path / "x.log").read_text() == "second\n"
        assert (tmp_path / "x.log.1").read_text() == "first\n"

    @pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux only")
    def test_a_child_does_not_outlive_a_killed_parent(self, tmp_path: Path) -> None:
        program = (
            "from config.devstack.process import spawn; from pathlib import Path; import time;"
            f"child = spawn('x', ['sleep', '600'], log=Path({str(tmp_path / 'x.log')!r}));"
            "print(child.process.pid, flush=True); time.sleep(600)"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", program], cwd=PROJECT, stdout=subprocess.PIPE, text=True
        )
        assert parent.stdout is not None
        child = Path("/proc", parent.stdout.readline().strip())
        assert child.exists()
        parent.kill()
        parent.communicate()
        until = time.monotonic() + 10
        while child.exists() and "State:\tZ" not in (child / "status").read_text():
            assert time.monotonic() < until, "the child is still there"
            time.sleep(0.02)


class TestCommands:
    @pytest.mark.parametrize(
        ("line", "asks"),
        [
            ("", False),
            ("help", False),
            ("check", False),
            ("makemigrations crm", False),
            ("collectstatic --no-input", False),
            ("spectacular --file x", False),
            ("migrate --help", False),
            ("migrate", True),
            ("import_creators creators.csv --brand demo", True),
            ("runserver", True),
        ],
    )
    def test_only_commands_that_ask_a_database_get_one(self, line: str, asks: bool) -> None:
        assert commands.needs_database(line.split()) is asks

    @pytest.mark.parametrize(
        "given",
        [
            {"DATABASE_URL": "postgres://d/d", "REDIS_URL": "redis://r/0"},
            {"DATABASE_URL": "", "REDIS_URL": "", "RAPPORT_ENV": "prod"},
        ],
        ids=["addresses given", "production"],
    )
    def test_no_server_is_started_where_none_is_wanted(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str]
    ) -> None:
        for name, value in {**given, "RAPPORT_HOME": str(tmp_path / "home")}.items():
            monkeypatch.setenv(name, value)
        with commands.servers(["migrate"]):
            assert os.environ["DATABASE_URL"] == given["DATABASE_URL"]
        assert not (tmp_path / "home").exists()

    @pytest.mark.parametrize("is_read", [False, True])
    def test_who_has_read_enough_is_told_no_more(
        self, monkeypatch: pytest.MonkeyPatch, *, is_read: bool
    ) -> None:
        def command(_argv: list[str]) -> None:
            if is_read:  # of another pipe
                raise BrokenPipeError
            print("line")  # noqa: T201 - what commands do

        reader, writer = os.pipe()
        with os.fdopen(reader) as end, os.fdopen(writer, "w") as output:
            if not is_read:
                end.close()
            monkeypatch.setattr("django.core.management.execute_from_command_line", command)
            monkeypatch.setattr(sys, "argv", ["manage.py", "help"])
            monkeypatch.setattr(sys, "stdout", output)
            with pytest.raises(BrokenPipeError if is_read else SystemExit) as ended:
                manage.main()
        assert is_read or ended.value.code == 128 + 13


@pytest.fixture
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty RAPPORT_HOME, and no servers given."""
    for name, value in {"DATABASE_URL": "", "REDIS_URL": "", "RAPPORT_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RAPPORT_ENV", "dev")
    yield tmp_path
    shutil.rmtree((tmp_path / "postgres").resolve(), ignore_errors=True)  # as root it is elsewhere


class TestEmbeddedServers:
    def test_a_command_has_servers_for_its_own_time(
        self, own_home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with commands.servers(["shell"]):
            url = os.environ["DATABASE_URL"]
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            state = State.read(Home(own_home).state_file)
            assert state == State(os.getpid(), "manage.py shell", url, os.environ["REDIS_URL"])
            # Another command meanwhile: it is told where they are and starts none.
            monkeypatch.setenv("DATABASE_URL", "")
            with commands.servers(["migrate"]):
                assert os.environ["DATABASE_URL"] == url
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=2)
        assert State.read(Home(own_home).state_file) is None

        monkeypatch.setenv("DATABASE_URL", "")
        monkeypatch.setenv("REDIS_URL", "")
        with (
            commands.servers(["shell"]),
            psycopg.connect(os.environ["DATABASE_URL"]) as connection,
        ):
            found = connection.execute(
                "SELECT answer, current_setting('server_version_num')::int / 10000 FROM kept"
            )
            assert found.fetchone() == (42, 18)

        # Without the password the data cannot be opened: say so, and touch nothing.
        monkeypatch.setenv("DATABASE_URL", "")
        (own_home / "postgres-password").unlink()
        with (
            pytest.raises(ServerFailedError, match="postgres-password is missing"),
            commands.servers(["shell"]),
        ):
            pytest.fail("the command must not run")
        assert (own_home / "postgres" / "PG_VERSION").exists()

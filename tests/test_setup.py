"""Set-up: settings that refuse in words, embedded servers, processes that do not stay behind."""

from __future__ import annotations

import importlib
import json
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
from django.contrib.staticfiles.finders import get_finder
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from pytest_django.fixtures import Settings
from pytest_socket import SocketConnectBlockedError

import manage
from config.devstack import commands, supervisor
from config.devstack.home import Home, HomeInUseError, State
from config.devstack.process import free_port, is_free, spawn
from config.devstack.servers import ServerFailedError, new_data_folder
from config.devstack.supervisor import Supervisor
from config.settings.addresses import broker, database, mail
from config.storage import StaticStorage
from crm.models import Brand, User, UserRole
from crm.services import demo

PROJECT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "crm.example, www.crm.example",
    "DATABASE_URL": "postgres://rapport:secret@db.example:5433/rapport",
    "REDIS_URL": "redis://cache.example:6379/0",
}


class TestAddresses:
    def test_a_database_address_becomes_settings(self) -> None:
        found = database("postgres://ann:p%40ss@db.example:5433/crm")
        assert {key: found[key] for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME")} == {
            "HOST": "db.example",
            "PORT": 5433,
            "USER": "ann",
            "PASSWORD": "p@ss",
            "NAME": "crm",
        }
        assert found["OPTIONS"]["pool"]["timeout"] == 5

    def test_what_a_database_address_asks_for_besides_holds(self) -> None:
        found = database("postgres://ann:secret@db.example/crm?sslmode=verify-full")
        assert found["OPTIONS"]["sslmode"] == "verify-full"
        assert found["OPTIONS"]["pool"]["timeout"] == 5

    @pytest.mark.parametrize(
        "url", ["", "nonsense", "mysql://db/crm", "postgres://db/", "postgres://db:port/crm"]
    )
    def test_another_database_address_is_refused(self, url: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL must look like postgres:"):
            database(url)

    @pytest.mark.parametrize("url", ["redis://h:1/0", "rediss://u:p@h/0", "unix:///run/valkey"])
    def test_a_broker_address_is_taken_as_it_is(self, url: str) -> None:
        assert broker(url) == url

    @pytest.mark.parametrize("url", ["", "amqp://h", "redis://", "redis://h:port/0", "h:6379"])
    def test_another_broker_address_is_refused(self, url: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL must look like redis:"):
            broker(url)

    def test_a_mail_address_becomes_settings(self) -> None:
        found = mail("smtp+tls://ann:secret@mail.example:587")
        assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example", 587)
        assert found["EMAIL_USE_TLS"] is True

    @pytest.mark.parametrize("url", ["", "smpt://h", "smtp://h:port"])
    def test_another_mail_address_is_refused(self, url: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=r"^EMAIL_URL must look like smtp"):
            mail(url)


class TestProductionSettings:
    @staticmethod
    def load(monkeypatch: pytest.MonkeyPatch, **changes: str) -> dict[str, object]:
        """The production settings under PRODUCTION with `changes`; an empty one is not set."""
        for name, value in {**PRODUCTION, **changes}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delitem(sys.modules, "config.settings.prod", raising=False)
        return vars(importlib.import_module("config.settings.prod"))

    def test_they_are_safe(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self.load(monkeypatch)
        assert found["DEBUG"] is False
        assert found["SESSION_COOKIE_SECURE"] is True
        assert found["CSRF_COOKIE_SECURE"] is True
        assert found["SECURE_SSL_REDIRECT"] is True
        assert found["ALLOWED_HOSTS"] == ["crm.example", "www.crm.example", "127.0.0.1"]
        assert found["CSRF_TRUSTED_ORIGINS"] == ["https://crm.example", "https://www.crm.example"]

    @pytest.mark.parametrize("name", sorted(PRODUCTION))
    def test_what_is_missing_is_named(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=f"^{name} must be set in production.$"):
            self.load(monkeypatch, **{name: ""})

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("SECRET_KEY", "short", "SECRET_KEY must have at least 32 characters."),
            ("DATABASE_URL", "crm.sqlite", "DATABASE_URL must look like"),
            ("REDIS_URL", "localhost", "REDIS_URL must look like"),
            ("EMAIL_URL", "mail", "EMAIL_URL must look like"),
            ("SENTRY_DSN", "mine", "SENTRY_DSN cannot be used"),
            ("SECURE_HSTS_SECONDS", "1y", "SECURE_HSTS_SECONDS is '1y'; it must be"),
        ],
    )
    def test_what_is_malformed_is_named(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
    ) -> None:
        with pytest.raises(ImproperlyConfigured, match=f"^{message}"):
            self.load(monkeypatch, **{name: value})

    def test_the_command_line_says_it_in_one_line(self) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate"],
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], "RAPPORT_ENV": "prod"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert (done.stdout, done.stderr) == ("", "SECRET_KEY must be set in production.\n")

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


def test_no_test_reaches_beyond_this_machine() -> None:
    nobody = ("192.0.2.1", 80)  # an address for documentation
    with (
        socket.socket() as outside,
        pytest.warns(UserWarning, match="192.0.2.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outside.connect(nobody)


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


class TestStaticFiles:
    def test_only_listed_files_of_packages_are_served(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        for name in ("listed.js", "other.js"):
            (tmp_path / name).write_text(f"// {name}")
        settings.NPM_ROOT = tmp_path
        settings.NPM_FILES = {"vendor/a.js": "listed.js", "vendor/gone.js": "gone.js"}
        finder = type(get_finder("config.npm.NpmFinder"))()
        assert finder.find("vendor/a.js") == str(tmp_path / "listed.js")
        assert finder.find("vendor/a.js", find_all=True) == [str(tmp_path / "listed.js")]
        assert finder.find("vendor/other.js") is None
        assert finder.find("vendor/gone.js") is None
        assert [message.id for message in finder.check()] == ["config.W001"]
        files = dict(finder.list([]))
        assert sorted(files) == ["vendor/a.js", "vendor/gone.js"]
        with files["vendor/a.js"].open("vendor/a.js") as file:
            assert file.read() == b"// listed.js"
        assert dict(finder.list(["*.js"])) == {}

    def test_no_source_maps_and_no_brotli(self) -> None:
        assert "sourceMappingURL" not in str(StaticStorage.patterns)
        assert "url(" in str(StaticStorage.patterns).replace("\\", "")
        assert StaticStorage().create_compressor(quiet=True).use_brotli is False


@pytest.mark.django_db
class TestEnsureDemo:
    def test_the_demo_users_have_the_passwords_in_the_file(
        self,
        settings: Settings,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        settings.RAPPORT_HOME = tmp_path
        call_command("ensure_demo")
        file = tmp_path / "demo-passwords.json"
        first = file.read_text()
        passwords = json.loads(first)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert sorted(passwords) == sorted(email for email, _name in demo.PEOPLE.values())
        assert len(set(passwords.values())) == 5
        for role, (email, _name) in demo.PEOPLE.items():
            user = User.objects.get(email=email)
            assert user.check_password(passwords[email])
            assert UserRole.objects.get(user=user, brand__slug="demo").role == role
        last = capsys.readouterr().out.splitlines()[-1]
        assert json.loads(last) == {"brand": "demo", "users": sorted(passwords)}

        call_command("ensure_demo")
        assert file.read_text() == first
        assert (Brand.objects.count(), User.objects.count()) == (1, 5)

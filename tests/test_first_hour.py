"""Each command of docs/first-hour.md is sent, and what it answers is held against the document."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from crm.choices import Role
from crm.services.metrics import refresh_metrics
from segmentation.services import packs, runs, scorecards
from tests.clock import true_clock
from tests.crm.webhooks.receiver import deliver
from tests.documents import programs, transcript
from tests.factories import NOW, BrandFactory
from tests.people import person
from tests.segmentation.building import populate

DOCUMENT = "first-hour.md"
HOST = "http://127.0.0.1:8000"
WITH_VALUE = {"-X", "-H", "-d", "-o", "-w"}


@pytest.fixture(autouse=True)
def _true_clock() -> Iterator[None]:
    """Commands of the shell and their receiver have the machine's clock."""
    with true_clock():
        yield


@pytest.fixture
def port(db, settings) -> int:
    """Where the receiver listens, in a brand like that of the demo."""
    brand = BrandFactory(slug="demo", name="Demo")
    person(brand, Role.ADMIN)
    populate(brand, 30)
    refresh_metrics(creator_ids=None, as_of=NOW)
    packs.install_pack(brand=brand, name="size_glossary_6", actor=None, at=NOW)
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    runs.execute_run(run_id=run.pk, at=NOW)
    scorecards.refresh(brand_id=brand.pk, as_of=timezone.now(), periods=["2026Q4"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
    settings.WEBHOOK_HOSTS_INSIDE = frozenset({f"127.0.0.1:{found}"})
    return found


class Shell:
    """What the document's shell knows: variables, curl, the receiver."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.names: dict[str, str] = {}
        self.receiver: subprocess.Popen[str] | None = None

    def run(self, command: str) -> str:
        """What the command prints."""
        if setting := re.fullmatch(r"export (\w+)=(.*)", command):
            name, value = setting.groups()
            inner = re.fullmatch(r"\$\((.*)\)", value)
            # The token of the document is not the one that was made here.
            self.names.setdefault(name, self.run(inner[1]).strip() if inner else value)
            return ""
        command, _, behind = command.replace(":9009", f":{self.port}").partition(" | ")
        # Each stands between double quotes, where a shell does not read what it puts in.
        command = re.sub(
            r"\$([A-Z]+)", lambda found: self.names[found[1]].replace('"', r"\""), command
        )
        words = shlex.split(command)
        if words[:2] == [".venv/bin/python", "manage.py"]:
            printed = io.StringIO()
            call_command(*words[2:], stdout=printed)
            self.names["TOKEN"] = json.loads(printed.getvalue())["token"]
            return printed.getvalue()
        if words == ["python3", "receiver.py", "&"]:
            self.start()
            return ""
        assert words[0] == "curl", command
        printed_by_curl = self.curl(words[1:])
        if not behind:
            return printed_by_curl
        [_python, _flag, program] = shlex.split(behind)
        return subprocess.run(
            [sys.executable, "-c", program],
            input=printed_by_curl,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def curl(self, words: list[str]) -> str:
        """As curl does, of what the document uses."""
        options: dict[str, list[str]] = {}
        address = ""
        rest = iter(words)
        for word in rest:
            if word in WITH_VALUE:
                options.setdefault(word, []).append(next(rest))
            elif word != "-sS":
                address = word
        assert address.startswith(f"{HOST}/api/v1/"), address
        headers = dict(line.split(": ", 1) for line in options.get("-H", []))
        answer = Client().generic(
            options.get("-X", ["GET"])[0],
            address.removeprefix(HOST),
            options.get("-d", [""])[0],
            headers.pop("Content-Type", "application/octet-stream"),
            headers=headers,
        )
        if "-w" not in options:
            return str(answer.content.decode())
        shown = options["-w"][0].replace("%{http_code}", str(answer.status_code))
        shown = shown.replace(r"\n", "\n")
        return re.sub(r"%header\{([\w-]+)\}", lambda found: answer.get(found[1], ""), shown)

    def start(self) -> None:
        """Start the receiver, and wait until it listens."""
        [program] = programs(DOCUMENT)
        self.receiver = subprocess.Popen(
            [sys.executable, "-c", program],
            env=os.environ | {"SECRET": self.names["SECRET"], "RECEIVER_PORT": str(self.port)},
            stdout=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as knocking:
                if knocking.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail("The receiver does not listen.")

    def stop(self) -> str:
        """End the receiver; what it printed."""
        if self.receiver is None:
            return ""
        self.receiver.terminate()
        return self.receiver.communicate(timeout=30)[0]


def fits(shown: Any, real: Any) -> bool:
    """Whether what the document shows is a part of the answer: members, kinds, null, and order."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(
            name in real and fits(value, real[name]) for name, value in shown.items()
        )
    if isinstance(shown, list):
        return (
            isinstance(real, list)
            and len(real) >= len(shown)
            and all(fits(one, other) for one, other in zip(shown, real, strict=False))
        )
    return type(shown) is type(real)


def test_it_goes_as_it_is_written(port):
    shell = Shell(port)
    commands = transcript(DOCUMENT)
    assert len(commands) == 15
    try:
        for command, answer in commands:
            printed = shell.run(command)
            for expected in answer.splitlines():
                if expected.startswith("{"):
                    assert fits(json.loads(expected), json.loads(printed)), (command, printed)
                elif expected.startswith("verified "):
                    assert deliver(timezone.now()) == 1
                    assert shell.stop().strip() == expected
                else:
                    assert printed.strip() == expected, command
    finally:
        shell.stop()
    assert shell.receiver is not None


def test_a_part_fits_and_what_differs_does_not():
    real = {"a": 1, "b": [{"c": None}, {"c": "x"}]}
    assert fits({"b": [{"c": None}]}, real)
    for other in ({"d": 1}, {"a": "1"}, {"a": None}, {"b": [{"c": "x"}]}, {"b": [{}, {}, {}]}):
        assert not fits(other, real)

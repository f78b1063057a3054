"""The program of docs/quick-start.md runs against a live server, in a process of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from crm.choices import Stage
from crm.models import Relationship
from tests.documents import programs, transcript
from tests.factories import CreatorMetricsFactory, RelationshipFactory
from tests.rest import make_token


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def kept() -> Iterator[None]:
    """The server answers in the test's own thread, on its connection, which a request leaves."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def run(program: str, token: str) -> list[str]:
    """What the program prints: its requests are served until it ends."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        server.timeout = 0.1
        ran = subprocess.Popen(
            [sys.executable, "-c", program],
            env=os.environ | {"RAPPORT": f"http://127.0.0.1:{server.server_port}", "TOKEN": token},
            stdout=subprocess.PIPE,
            text=True,
        )
        watch = threading.Timer(120, ran.kill)
        watch.start()
        try:
            while ran.poll() is None:
                server.handle_request()
        finally:
            watch.cancel()
            ran.kill()
        printed, _none = ran.communicate()
    assert ran.returncode == 0
    return printed.splitlines()


def test_it_prints_what_it_says(brand, manager, kept):
    core = RelationshipFactory(brand=brand, creator__name="Ada", stage=Stage.CORE)
    CreatorMetricsFactory(creator=core.creator, followers=1_200)
    RelationshipFactory(brand=brand, creator__name="Cy", stage=Stage.CORE)
    RelationshipFactory(brand=brand, creator__name="Ed", stage=Stage.PROSPECT)
    [program] = programs("quick-start.md")
    # What the document's token may do is enough.
    (command, _answer), *_more = transcript("quick-start.md")
    scopes = shlex.split(command)[-1].split(",")
    printed = run(program, make_token(manager, brand, scopes)[0])
    made = Relationship.objects.filter(creator__name__in=("Eva Dahl", "Bo Lund")).order_by("pk")
    assert printed == [
        "Ada 1200",
        "Cy None",
        str([str(row.creator.uid) for row in made]),
        "The body cannot be used. /platform unknown_platform",
        "Send the brief 2",
    ]
    assert made[0].next_step == "Send the brief"

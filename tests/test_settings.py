"""Settings: what is missing or malformed is refused in words."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_socket import SocketConnectBlockedError

from config.settings.addresses import broker, database, mail

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
        assert found["OPTIONS"]["connect_timeout"] == 5
        assert found["CONN_MAX_AGE"] is None

    def test_what_a_database_address_asks_for_besides_holds(self) -> None:
        found = database("postgres://ann:secret@db.example/crm?sslmode=verify-full")
        assert found["OPTIONS"]["sslmode"] == "verify-full"
        assert found["OPTIONS"]["connect_timeout"] == 5

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


def test_no_test_reaches_beyond_this_machine() -> None:
    nobody = ("192.0.2.1", 80)  # an address for documentation
    with (
        socket.socket() as outside,
        pytest.warns(UserWarning, match="192.0.2.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outside.connect(nobody)

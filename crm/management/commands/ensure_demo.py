"""`manage.py ensure_demo`: the demo brand, its users and their passwords."""

from __future__ import annotations

import json
import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from crm.services import demo


class Command(BaseCommand):
    help = (
        "Make the brand `demo` with a user for every role, or complete it. Passwords are random;"
        " they are kept in RAPPORT_HOME/demo-passwords.json, which only you may read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--migrate", action="store_true", help="bring the database up to date first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["migrate"]:
            call_command("migrate", interactive=False, stdout=self.stderr)
        file = settings.RAPPORT_HOME / "demo-passwords.json"
        passwords = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        for email, _name in demo.PEOPLE.values():
            passwords.setdefault(email, secrets.token_urlsafe(12))
        # Before the database: a password that is set but written nowhere would lock everyone out.
        _write_private(file, json.dumps(passwords, indent=2) + "\n")
        brand = demo.ensure_demo_brand(passwords=passwords, at=timezone.now())
        self.stdout.write(json.dumps({"brand": brand.slug, "users": sorted(passwords)}))


def _write_private(file: Path, text: str) -> None:
    """Replace `file` in one step by one that only this user may read."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as output:
        output.write(text)
    fresh.replace(file)

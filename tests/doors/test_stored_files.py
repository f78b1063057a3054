"""Files that people sent, as they are given out: nothing that a browser would show as a page.

Each page whose name says that it gives out a file is asked for one, of a store in which whatever is
asked for is there and is a page with a script.
"""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from crm.models import User
from tests.doors.world import PK, ROWS, fill_the_rest, our_models, whole_brand
from tests.pages import KINDS, PAGES, PATTERNS
from tests.people import logged_in

FILES = re.compile("file|paper|receipt|cover|capture|document|evidence")
SCRIPT = b"<!doctype html><script>alert(1)</script>"
STEMS = ("", "file_", "document_")
SHOWN = re.compile(r"(image/(?!svg)|video/|audio/)")


@pytest.fixture(scope="module")
def world(module_db: None) -> int:
    _brand, admin = whole_brand()
    fill_the_rest()
    name_files()
    return admin.pk


def name_files() -> None:
    """Let each row that can name a stored file name one, which says that it is a page."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in our_models():
            fields = {field.name for field in model._meta.concrete_fields}
            for stem in STEMS:
                wanted = {f"{stem}sha256": "a" * 64, f"{stem}name": "x.html", f"{stem}size": 40}
                wanted |= {f"{stem}type": "text/html", f"{stem}content_type": "text/html"}
                found = {name: value for name, value in wanted.items() if name in fields}
                if f"{stem}sha256" in found:
                    with suppress(IntegrityError), transaction.atomic():
                        model._base_manager.filter(pk=PK).update(**found)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.ignore_template_errors
def test_stored_files_are_fetched_not_shown(db, world, monkeypatch):
    monkeypatch.setattr(default_storage, "exists", lambda _name: True)
    monkeypatch.setattr(default_storage, "open", lambda *_args: ContentFile(SCRIPT))
    client = logged_in(User.objects.get(pk=world))
    client.raise_request_exception = False
    values = KINDS | ROWS | {"brand": "acme"}
    given_out, wrong = set(), []
    for name, access in PAGES.items():
        if access.get is None or not FILES.search(name.partition(":")[2]):
            continue
        url = reverse(name, kwargs={one: values[one] for one in ("brand", *PATTERNS[name])})
        answer = client.get(url)
        if answer.status_code != 200 or not answer.streaming or answer.getvalue() != SCRIPT:
            continue
        given_out.add(name)
        is_shown = answer["Content-Disposition"].startswith("inline")
        if (
            (is_shown and not SHOWN.match(answer["Content-Type"]))
            or not (is_shown or answer["Content-Disposition"].startswith("attachment"))
            or answer["X-Content-Type-Options"] != "nosniff"
            or answer.get("Content-Security-Policy") != "default-src 'none'; sandbox"
            or answer.get("Cache-Control") != "private, no-store"
        ):
            wrong.append((name, dict(answer.items())))
    assert wrong == []
    assert len(given_out) >= 11, given_out

"""Disks that are full: said in words, and nothing is kept half.

Uploads: the kernel refuses each file above a limit of this process (RLIMIT_FSIZE), with real files.
A file system that is really full (a tmpfs of 1 MB, which takes root) was tried by hand: ENOSPC ends
alike, 507 and no file.
The database: PostgreSQL raises what it raises when its disk is full (53100), in a trigger.
"""

from __future__ import annotations

import errno
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import OperationalError, connection
from django.test import Client
from pytest_django.fixtures import Settings

from config.faults import told_of
from crm.models import Brand, ImportBatch, Note, User
from crm.overview import kept
from tests.factories import RelationshipFactory
from tests.people import logged_in
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db
LIMIT = 100_000


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """Uploads are files on a disk."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "config.storage.MediaStorage"},
    }
    return tmp_path / "media"


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows above LIMIT bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def quiet_manager(manager: User) -> Client:
    """A manager's browser, which gets the page of an error instead of its exception."""
    client = logged_in(manager)
    client.raise_request_exception = False
    return client


@pytest.fixture
def reported() -> Iterator[list[BaseException]]:
    """What Sentry hears of: it listens to the same signal."""
    heard: list[BaseException] = []

    def hear(**_: Any) -> None:
        heard.append(sys.exc_info()[1])

    got_request_exception.connect(hear)
    yield heard
    got_request_exception.disconnect(hear)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_that_finds_no_room_leaves_nothing_under_its_name(media: Path) -> None:
    with full_disk(), pytest.raises(OSError) as refused:  # noqa: PT011 - its number says which
        default_storage.save("drafts/1/ab/abc", ContentFile(b"x" * (LIMIT + 1)))
    assert refused.value.errno == errno.EFBIG
    assert files_in(media) == []
    name = default_storage.save("drafts/1/ab/abc", ContentFile(b"whole"))
    assert name == "drafts/1/ab/abc"
    # Nothing that is there is written over.
    other = default_storage.save("drafts/1/ab/abc", ContentFile(b"another"))
    assert other != name
    assert (media / name).read_bytes() == b"whole"
    assert sorted(files_in(media)) == sorted([media / name, media / other])


def test_an_upload_that_finds_no_room_is_told_so_and_leaves_no_row(
    media: Path, brand: Brand, quiet_manager: Client, reported: list[BaseException]
) -> None:
    rows = b"name,handle\n" + b"Ana,ana\n" * LIMIT
    file = SimpleUploadedFile("creators.csv", rows, "text/csv")
    with full_disk():
        answer = quiet_manager.post(f"/{brand.slug}/imports/", {"file": file, "source": "list"})
    assert answer.status_code == 507
    assert "There is no room left for files" in answer.content.decode()
    assert not ImportBatch.objects.exists()
    assert files_in(media) == []
    assert [getattr(one, "errno", None) for one in reported] == [errno.EFBIG]


@contextmanager
def full_database(table: str) -> Iterator[None]:
    """Rows that are added to the table find no room."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file: No space left on device'"
            " USING ERRCODE = '53100'; END $$"
        )
        cursor.execute(f"CREATE TRIGGER no_room AFTER INSERT ON {table} EXECUTE FUNCTION no_room()")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION no_room CASCADE")


def test_a_database_without_room_is_told_and_nothing_is_half(
    brand: Brand, manager: User, quiet_manager: Client, reported: list[BaseException]
) -> None:
    creator = RelationshipFactory(brand=brand).creator
    rest: Rest = rest_as(manager, brand)
    rest.client.raise_request_exception = False
    body = {"creator": str(creator.uid), "text": "Likes tea."}
    # What is told of in the ledger is written before.
    with full_database("crm_auditentry"):
        answer = rest.send("POST", "notes/", body)
        problem = assert_problem(answer, 503)
        assert problem["detail"].startswith("A part that it needs")
        assert answer["Retry-After"] == "10"
        page = quiet_manager.post(
            f"/{brand.slug}/creators/{creator.uid}/notes/", {"text": "Likes tea."}
        )
        assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert not Note.objects.exists()
    assert [type(one) for one in reported] == [OperationalError] * 2
    assert rest.send("POST", "notes/", body).status_code == 201


def test_no_other_fault_is_called_temporary(
    brand: Brand, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (ValueError("x"), OSError(errno.EACCES, "no"), None):
        assert told_of(error).status == 500
        assert told_of(error).retry_after is None
    rest = rest_as(manager, brand)
    rest.client.raise_request_exception = False
    monkeypatch.setattr("crm.api.notes.NoteViewSet.list", lambda *_: 1 / 0)
    problem = assert_problem(rest.get("notes/"), 500)
    assert problem["detail"].startswith("Nothing of what you sent was kept half.")


def test_without_a_cache_what_it_keeps_is_made_each_time(settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept("a", 60, make), kept("a", 60, make)] == [1, 2]

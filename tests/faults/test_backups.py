"""A backup is made while everything runs, and put back whole: on real servers, with real files."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from crm import audit
from crm.models import AuditEntry, Brand, Creator
from crm.services.backups import archive
from tests.factories import NOW, BrandFactory, CreatorFactory, RelationshipFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ELSEWHERE = "restored_here"


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """Uploads are files on a disk."""
    settings.MEDIA_ROOT = tmp_path / "home" / "media"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "config.storage.MediaStorage"},
    }
    return Path(settings.MEDIA_ROOT)


@contextmanager
def database(name: str) -> Iterator[None]:
    """This process works with another database of the same server."""
    ours = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = ours


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[str]:
    """The name of a database without a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {ELSEWHERE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {ELSEWHERE} TEMPLATE template0")
    yield ELSEWHERE
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {ELSEWHERE} WITH (FORCE)")


@pytest.fixture
def filled(media: Path, brand: Brand) -> Path:
    """A brand with a creator, a ledger and a file; where the backup goes."""
    RelationshipFactory(brand=brand, creator=CreatorFactory(name="Ana Ö. Ünlü"))
    for number in range(3):
        with transaction.atomic():
            audit.record(brand=brand, verb="crm.tag.made", target=brand, at=NOW, data={"n": number})
    default_storage.save("drafts/1/ab/abcdef", ContentFile(b"\x00picture" * 1000))
    folder = media.parent / "backups"
    folder.mkdir()
    return folder


def run(command: str, *given: object, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(command, *[str(one) for one in given], stdout=out, **options)
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def everything() -> list[object]:
    return [
        list(Creator.objects.order_by("pk").values()),
        list(AuditEntry.objects.order_by("pk").values()),
    ]


def test_filled_backed_up_destroyed_and_put_back(
    filled: Path, media: Path, empty_database: str, brand: Brand, manager_client: Client
) -> None:
    state = everything()
    made = run("backup", filled)
    file = Path(made["file"])
    assert (made["files"], file.stat().st_mode & 0o777) == (1, 0o600)
    assert made["bytes"] == file.stat().st_size
    assert [one.name for one in filled.iterdir()] == [file.name]
    assert run("restore", file, check=True)["files"] == 1

    with pytest.raises(CommandError, match="is not empty"):
        run("restore", file)
    assert everything() == state

    # All is lost: another server, another disk.
    media.rename(media.with_name("lost"))
    with database(empty_database):
        done = run("restore", file)
        assert done["rows"] == made["rows"]
        assert (done["files"], done["brands"]) == (1, 1)
        assert done["ledger_entries"] == AuditEntry.objects.count() == 3
        assert everything() == state
        assert (media / "drafts/1/ab/abcdef").read_bytes() == b"\x00picture" * 1000
        assert run("verify_ledger")[brand.slug]["entries"] == done["ledger_entries"]
        # Whoever was logged in is so there, too.
        page = manager_client.get(f"/{brand.slug}/creators/")
        assert "Ana Ö. Ünlü" in page.content.decode()

        # Over what is there: only with the database's name, and then as in the backup.
        BrandFactory(slug="later")
        default_storage.save("drafts/1/cd/cdef", ContentFile(b"later"))
        with pytest.raises(CommandError, match=f"name the database: --replace {empty_database}"):
            run("restore", file, replace="yes")
        assert Brand.objects.count() == 2
        again = run("restore", file, replace=empty_database)
        assert everything() == state
        assert Brand.objects.count() == 1
        assert not default_storage.exists("drafts/1/cd/cdef")
        assert (Path(again["uploads_before"]) / "drafts/1/cd/cdef").read_bytes() == b"later"


def changed(file: Path, name: str, content: bytes | None) -> Path:
    """A copy of the backup in which one file is another one, or is not there."""
    copy = file.with_name(f"changed-{file.name}")
    with tarfile.open(file) as old, tarfile.open(copy, "w") as new:
        for info in old.getmembers():
            source = old.extractfile(info)
            assert source is not None
            text = content if info.name == name else source.read()
            if text is not None:
                info.size = len(text)
                new.addfile(info, BytesIO(text))
    return copy


def test_what_is_damaged_newer_or_no_backup_touches_nothing(
    filled: Path, media: Path, empty_database: str
) -> None:
    file = Path(run("backup", filled / "one.tar")["file"])
    with tarfile.open(file) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())
    picture = "media/drafts/1/ab/abcdef"

    def told(**changes: object) -> bytes:
        return json.dumps(manifest | changes).encode()

    newer = manifest["migrations"] | {"crm": [*manifest["migrations"]["crm"], "9999_later"]}
    outside = manifest["members"] | {"media/../../x": {"bytes": 0, "sha256": ""}}
    bad = [
        (lambda: changed(file, picture, b"another"), "is not as it was written: damaged"),
        (lambda: changed(file, picture, None), "holds other files than its manifest says"),
        (lambda: changed(file, "manifest.json", None), "has no manifest"),
        (lambda: changed(file, "manifest.json", told(format=2)), "has format 2 and this Rapport"),
        (lambda: changed(file, "manifest.json", told(migrations=newer)), "crm.9999_later"),
        (lambda: changed(file, "manifest.json", told(members=outside)), "holds other files"),
        (lambda: changed(file, "manifest.json", b"{}"), "manifest of the backup cannot be read"),
        (lambda: cut(file), "has no manifest|cannot be read"),
        (lambda: filled / "nothing.tar", "No such file"),
    ]
    media.rename(media.with_name("lost"))
    with database(empty_database):
        for make, words in bad:
            with pytest.raises(CommandError, match=words):
                run("restore", make())
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
                assert cursor.fetchone() == (0,)
            assert not media.exists()
    assert [one.name for one in media.parent.glob("restoring-*")] == []


def cut(file: Path) -> Path:
    copy = file.with_name("cut.tar")
    copy.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return copy


def test_a_database_that_refuses_stays_as_it_was(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dump breaks off in the middle: what was there before is there again."""
    state = everything()
    file = Path(run("backup", filled / "one.tar")["file"])
    with tarfile.open(file) as tar:
        dump = tar.extractfile("database.dump").read()
    cut_dump = dump[: len(dump) - 2000]
    with tarfile.open(file) as tar:
        manifest = archive.Manifest.read(tar.extractfile("manifest.json").read())
    manifest.members["database.dump"] = archive.Member(
        len(cut_dump), archive.hashlib.sha256(cut_dump).hexdigest()
    )
    broken = changed(changed(file, "manifest.json", manifest.packed()), "database.dump", cut_dump)
    with pytest.raises(CommandError, match="The database stays as it was: "):
        run("restore", broken, replace=connection.settings_dict["NAME"])
    assert everything() == state


def test_only_the_newest_stay(filled: Path, media: Path) -> None:
    for day in range(1, 4):
        (filled / f"rapport-2020010{day}T000000Z.tar").write_bytes(b"old")
    (filled / "mine.tar").write_bytes(b"not one of these")
    made = run("backup", filled, keep=2)
    assert made["removed"] == 2
    assert sorted(one.name for one in filled.iterdir()) == sorted(
        ["mine.tar", "rapport-20200103T000000Z.tar", Path(made["file"]).name]
    )
    for to, keep in ((filled / "x.tar", 2), (filled, 0)):
        with pytest.raises(CommandError, match="name one, and at least 1"):
            run("backup", to, keep=keep)
    with pytest.raises(CommandError, match="is there already"):
        run("backup", filled / "mine.tar")
    with pytest.raises(CommandError, match="There is no folder"):
        run("backup", media / "nowhere" / "x.tar")

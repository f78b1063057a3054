"""Imports over REST: from a file to creators and back, and what is refused on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.choices import ImportStatus
from crm.models import Creator, ImportBatch, Note, Profile, PromisedTask, Relationship
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db

LIST = "username,full name,followers,engagement rate\nAnna,Anna Berg,1.5K,3.5\nBad One,Bo,7,1.2\n"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def rest(brand, manager) -> Rest:
    return rest_as(manager, brand)


def upload(rest: Rest, content: str = LIST, name: str = "instagram.csv", **data: Any) -> Any:
    file = SimpleUploadedFile(name, content.encode())
    return rest.client.post("/api/v1/imports/", {"file": file, **data})


def test_the_whole_path(brand, rest, django_capture_on_commit_callbacks):
    def done(path: str) -> dict[str, Any]:
        with django_capture_on_commit_callbacks(execute=True):
            answer = rest.send("POST", path)
        assert answer.status_code == 202, answer.content
        return rest.json(f"imports/{batch.pk}/")

    made = upload(rest, source="modash")
    assert made.status_code == 201, made.content
    batch = ImportBatch.objects.get()
    assert (made.json()["id"], made.json()["status"]) == (batch.pk, "uploaded")
    assert made.json()["file_name"] == "instagram.csv"
    # Kept under a name of ours: the sender's may say who is on the list.
    assert "instagram" not in batch.file.name
    columns = rest.json(f"imports/{batch.pk}/columns/")
    assert columns["platform"] == "instagram"
    assert [(one["column"], one["target"]) for one in columns["columns"]] == [
        ("username", "handle"),
        ("full name", "name"),
        ("followers", "followers"),
        ("engagement rate", "engagement_rate"),
    ]
    assert columns["columns"][3]["unit"] == "points"
    change = {"captured_on": "2026-05-01", "columns": [{"column": "full name", "target": None}]}
    settled = rest.send("PATCH", f"imports/{batch.pk}/columns/", change).json()
    assert settled["captured_on"] == "2026-05-01"
    assert [one["target"] for one in settled["columns"]][1] is None
    assert settled == rest.json(f"imports/{batch.pk}/columns/")

    checked = done(f"imports/{batch.pk}:check")
    assert (checked["status"], checked["counts"]["creators_new"]) == ("checked", 1)
    assert sum(checked["rejected"].values()) == 1
    assert not Creator.objects.exists()
    assert done(f"imports/{batch.pk}:apply")["status"] == "applied"
    anna = Profile.objects.get()
    assert (anna.handle, anna.followers, anna.engagement_rate) == ("anna", 1_500, 0.035)
    assert f"{anna.metrics_at:%Y-%m-%d}" == "2026-05-01"
    # Sent again it stays applied, and nobody is asked to do it again.
    assert rest.send("POST", f"imports/{batch.pk}:apply").json()["status"] == "applied"
    assert not PromisedTask.objects.exists()

    settle = rest.send("PATCH", f"imports/{batch.pk}/columns/", {})
    assert_problem(settle, 409, "settled")
    Note.objects.create(relationship=Relationship.objects.get(), text="Met her")
    body = assert_problem(rest.send("POST", f"imports/{batch.pk}:undo"), 409, "not_undoable")
    assert body["detail"] == "Creators that have notes: 1."
    Note.objects.all().delete()
    assert done(f"imports/{batch.pk}:undo")["status"] == "undone"
    assert not Creator.objects.exists()


def test_another_field_is_told_from_its_cells(rest):
    batch = upload(rest, "username,share\nanna,3.5\nbo,12.1\n").json()["id"]
    change = {"columns": [{"column": "share", "target": "engagement_rate"}]}
    [_, share] = rest.send("PATCH", f"imports/{batch}/columns/", change).json()["columns"]
    assert (share["target"], share["unit"], share["why"]) == (
        "engagement_rate",
        "points",
        "chosen by hand",
    )
    change["columns"][0]["unit"] = "fraction"
    [_, share] = rest.send("PATCH", f"imports/{batch}/columns/", change).json()["columns"]
    assert share["unit"] == "fraction"


@pytest.mark.parametrize(
    ("data", "pointer", "code"),
    [
        ({"file": "text"}, "/file", "invalid"),
        ({"kind": "people"}, "/kind", "invalid_choice"),
        ({"platform": "myspace"}, "/platform", "does_not_exist"),
        ({"source": "two words"}, "/source", "invalid"),
        ({"captured_on": "yesterday"}, "/captured_on", "invalid"),
        ({"mapping": "{}"}, "/mapping", "unknown_member"),
    ],
)
def test_what_cannot_be_uploaded(rest, data, pointer, code):
    body = assert_problem(upload(rest, **data), 400, code)
    assert body["errors"][0]["pointer"] == pointer
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("\0\1\2" * 90, "not a text file"),
        ("<html><body>\n<p>x</p>\n</body></html>", "This is a document."),
        ("%PDF-1.4 x\n1 0 obj", "This is a document."),
        ('[{"handle": "ada"}]', "Save it as JSON lines"),
        ("hello world", "This is not a list"),
        ("Dear all,\nwe meet at noon, as ever.\nBye for now", "This is not a list"),
    ],
)
def test_a_body_that_is_no_table(rest, settings, content, words):
    body = assert_problem(upload(rest, content, "list.csv"), 400, "unreadable")
    assert body["errors"][0]["pointer"] == "/file"
    assert words in body["errors"][0]["message"]
    assert not ImportBatch.objects.exists()
    assert not [one for one in Path(settings.MEDIA_ROOT).rglob("*") if one.is_file()]


def test_a_list_of_handles_without_a_header_is_one(rest):
    assert upload(rest, "ada\ngrace.hopper\n").status_code == 201


def test_no_file_at_all(rest):
    assert_problem(rest.send("POST", "imports/", {}), 400, "required")
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"columns": [{"column": "nobody"}]}, "/columns/0/column", "does_not_exist"),
        ({"columns": [{"column": "username"}] * 2}, "/columns/1/column", "repeated"),
        ({"columns": [{"column": "username", "target": None}]}, "/columns", "invalid"),
        ({"columns": [{"column": "full name", "target": "shoe"}]}, "/columns", "invalid"),
        ({"columns": [{"column": "username", "unit": "x"}]}, "/columns/0/unit", "invalid_choice"),
        ({"platform": "myspace"}, "/columns", "invalid"),
        ({"colums": []}, "/colums", "unknown_member"),
    ],
)
def test_columns_that_cannot_be_settled(rest, change, pointer, code):
    batch = upload(rest).json()["id"]
    before = ImportBatch.objects.values().get()
    answer = rest.send("PATCH", f"imports/{batch}/columns/", change)
    assert assert_problem(answer, 400, code)["errors"][0]["pointer"] == pointer
    assert ImportBatch.objects.values().get() == before


def test_what_is_not_next(brand, other_brand, rest, outsider):
    batch = upload(rest).json()["id"]
    assert_problem(rest.send("POST", f"imports/{batch}:apply"), 409, "not_checked")
    assert_problem(rest.send("POST", f"imports/{batch}:undo"), 409, "not_undoable")
    elsewhere = rest_as(outsider, other_brand)
    for method, path in (
        ("POST", f"imports/{batch}:check"),
        ("POST", f"imports/{batch}:apply"),
        ("POST", f"imports/{batch}:undo"),
        ("GET", f"imports/{batch}/columns/"),
        ("PATCH", f"imports/{batch}/columns/"),
    ):
        assert_problem(elsewhere.send(method, path, {}), 404)
    ImportBatch.objects.update(status=ImportStatus.CHECKING)
    assert_problem(rest.send("POST", f"imports/{batch}:check"), 409, "not_open")
    ImportBatch.objects.update(status=ImportStatus.UPLOADED, file="")
    assert_problem(rest.send("POST", f"imports/{batch}:check"), 409, "not_open")
    assert_problem(rest.send("PATCH", f"imports/{batch}/columns/", {}), 409, "no_file")
    assert ImportBatch.objects.get().status == ImportStatus.UPLOADED
    assert not PromisedTask.objects.exists()

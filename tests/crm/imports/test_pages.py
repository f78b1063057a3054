"""Imports in the browser, role by role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm.choices import ImportStatus
from crm.models import AuditEntry, Brand, Creator, ImportBatch, Note, Profile, Relationship
from tests.crm.imports.state import dump, imported
from tests.crm.imports.test_apply import POSTS
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LIST = "username,full name,followers,engagement rate\nAnna,Anna Berg,1.5K,3.5\nBad One,Bo,7,1.2\n"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks: Any) -> Any:
    """Run the tasks that a request leaves for a worker."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def address(name: str, *args: Any) -> str:
    return reverse(f"crm:{name}", args=["acme", *args])


def upload(client: Client, content: str = LIST, name: str = "instagram.csv", **data: Any) -> Any:
    file = SimpleUploadedFile(name, content.encode())
    return client.post(address("imports"), {"file": file, **data})


def column_data(batch: ImportBatch, **targets: str) -> dict[str, str]:
    """The mapping page's form as proposed, with other targets for some columns."""
    data = {"kind": batch.kind, "platform": batch.mapping["platform"], "captured_on": ""}
    for number, column in enumerate(batch.mapping["columns"]):
        data[f"c{number}-target"] = targets.get(column["column"], column["target"])
    return data


def test_the_whole_path(brand: Brand, manager_client: Client, on_commit: Any) -> None:
    answer = upload(manager_client)
    batch = ImportBatch.objects.get()
    assert answer.url == address("import_columns", batch.pk)
    page = manager_client.get(answer.url).content.decode()
    assert "Engagement rate" in page
    assert "3.5 %" in page
    assert "1,500" in page
    with on_commit():
        answer = manager_client.post(
            address("import_columns", batch.pk), {**column_data(batch), "captured_on": "2026-05-01"}
        )
    assert answer.url == address("import", batch.pk)
    page = manager_client.get(answer.url).content.decode()
    assert "What this import would do" in page
    assert "cannot be a handle on instagram" in page
    assert not Creator.objects.exists()
    with on_commit():
        manager_client.post(address("import_apply", batch.pk))
    batch.refresh_from_db()
    assert batch.status == ImportStatus.APPLIED
    anna = Profile.objects.get()
    assert (anna.handle, anna.followers, anna.engagement_rate) == ("anna", 1_500, 0.035)
    assert f"{anna.metrics_at:%Y-%m-%d}" == "2026-05-01"
    assert AuditEntry.objects.get().actor.email == "manager@acme.example"
    assert (
        "What this import did" in manager_client.get(address("import", batch.pk)).content.decode()
    )
    page = manager_client.get(address("import_undo", batch.pk)).content.decode()
    assert "creators: 1, profiles: 1, profile numbers: 1" in page
    with on_commit():
        manager_client.post(address("import_undo", batch.pk))
    batch.refresh_from_db()
    assert batch.status == ImportStatus.UNDONE
    assert not Creator.objects.exists()
    assert manager_client.get(address("imports")).status_code == 200


def test_pasted_handles(brand: Brand, manager_client: Client) -> None:
    answer = manager_client.post(address("imports"), {"pasted": "@anna\n@bo\n"})
    batch = ImportBatch.objects.get()
    assert answer.url == address("import_columns", batch.pk)
    assert [column["target"] for column in batch.mapping["columns"]] == ["handle"]


def test_the_kind_is_told_by_the_headings(brand: Brand, manager_client: Client) -> None:
    upload(manager_client, "video_id,title,channel_title,views\nv1,One,Anna,5\n", "videos.csv")
    assert ImportBatch.objects.get().kind == "posts"


def test_lists_and_objects_of_json_are_shown_as_they_are_read(
    brand: Brand, manager_client: Client
) -> None:
    upload(manager_client, POSTS, "posts.jsonl")
    batch = ImportBatch.objects.get()
    page = manager_client.get(address("import_columns", batch.pk)).content.decode()
    assert "brand_x" in page
    assert "carousel" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a file or paste rows"),
        ({"file": SimpleUploadedFile("x.png", b"\x89PNG" + b"\0\1" * 9_000)}, "not a text file"),
        ({"file": SimpleUploadedFile("x.csv", b" ")}, "empty"),
        ({"pasted": "a,b\n1,2\n", "source": "no slug!"}, "slug"),
    ],
)
def test_uploads_that_are_refused_say_why(
    brand: Brand, manager_client: Client, data: dict[str, Any], words: str
) -> None:
    answer = manager_client.post(address("imports"), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_mapping_with_problems_keeps_what_was_chosen(
    brand: Brand, manager_client: Client
) -> None:
    upload(manager_client)
    batch = ImportBatch.objects.get()
    data = column_data(batch, **{"full name": "handle"})
    answer = manager_client.post(address("import_columns", batch.pk), data)
    assert answer.status_code == 422
    assert "both fill “Handle”" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.UPLOADED


def test_a_changed_field_shows_how_its_cells_are_read(brand: Brand, manager_client: Client) -> None:
    upload(manager_client)
    batch = ImportBatch.objects.get()
    url = address("import_column", batch.pk, 3)
    data = {"kind": "creators", "platform": "instagram", "was": "engagement_rate"}
    page = manager_client.post(url, {**data, "c3-target": "followers"}).content.decode()
    assert "“3.5” is not a whole number." in page
    page = manager_client.post(url, {**data, "c3-target": "engagement_rate", "c3-unit": "fraction"})
    assert "350 %" in page.content.decode()
    assert manager_client.post(address("import_column", batch.pk, 99), data).status_code == 404


def test_progress_is_polled_while_a_worker_is_at_it(brand: Brand, manager_client: Client) -> None:
    upload(manager_client)
    batch = ImportBatch.objects.get()
    manager_client.post(address("import_columns", batch.pk), column_data(batch))
    batch.refresh_from_db()
    assert batch.status == ImportStatus.CHECKING
    page = manager_client.get(address("import", batch.pk)).content.decode()
    assert 'hx-trigger="every 1s"' in page
    ImportBatch.objects.update(phase="Reading", rows_done=50_000)
    part = manager_client.get(address("import", batch.pk), headers={"HX-Request": "true"})
    assert "Reading, 50,000 rows" in part.content.decode()
    assert "<html" not in part.content.decode()
    ImportBatch.objects.update(status=ImportStatus.CHECKED)
    part = manager_client.get(address("import", batch.pk), headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"


def test_a_failed_check_says_why_and_leads_back_to_the_columns(
    brand: Brand, manager_client: Client
) -> None:
    upload(manager_client)
    batch = ImportBatch.objects.get()
    ImportBatch.objects.update(status=ImportStatus.FAILED, error="The file is damaged.")
    page = manager_client.get(address("import", batch.pk)).content.decode()
    assert "The file is damaged." in page
    assert address("import_columns", batch.pk) in page


def test_only_a_checked_import_is_applied(
    brand: Brand, manager_client: Client, on_commit: Any
) -> None:
    upload(manager_client)
    batch = ImportBatch.objects.get()
    before = dump()
    with on_commit():
        manager_client.post(address("import_apply", batch.pk))
    assert dump() == before


def test_undo_that_is_refused_names_the_reason(
    brand: Brand, manager_client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "instagram.csv"
    path.write_text("username,followers\nanna,5\n")
    batch, _ = imported(brand, path)
    Note.objects.create(relationship=Relationship.objects.get(), text="Nice", created_at=NOW)
    before = dump()
    for answer in (
        manager_client.get(address("import_undo", batch.pk)),
        manager_client.post(address("import_undo", batch.pk)),
    ):
        assert answer.status_code == 409
        assert "Creators that have notes: 1." in answer.content.decode()
    assert dump() == before
    batch.refresh_from_db()
    assert batch.status == ImportStatus.APPLIED


def test_rejected_rows_as_a_file_that_no_spreadsheet_runs(
    brand: Brand, analyst_client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "instagram.csv"
    path.write_text("username,followers\n=cmd()|' /C',5\nbo,-1\n")
    batch, _ = imported(brand, path)
    answer = analyst_client.get(address("import_rejects", batch.pk))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "line,column,value,reason"
    assert lines[1].startswith("2,username,'=cmd()")
    assert lines[2] == "3,followers,'-1,“-1” is below zero."


def test_who_may_import(brand: Brand, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = tmp_path / "instagram.csv"
    path.write_text("username,followers\nanna,5\n")
    batch, _ = imported(brand, path)
    writes = [
        address("imports"),
        address("import_columns", batch.pk),
        address("import_column", batch.pk, 0),
        address("import_apply", batch.pk),
        address("import_undo", batch.pk),
    ]
    reads = [address("imports"), address("import", batch.pk), address("import_rejects", batch.pk)]
    for role in ("analyst", "legal"):
        client = request.getfixturevalue(f"{role}_client")
        before = dump()
        assert [client.get(url).status_code for url in reads] == [200, 200, 200]
        assert [client.post(url).status_code for url in writes] == [403] * 5
        assert "New import" not in client.get(address("imports")).content.decode()
        assert dump() == before
    for role in ("manager", "strategist", "admin_user"):
        client = request.getfixturevalue(f"{role}_client")
        assert client.post(address("imports"), {}).status_code == 422
        assert client.get(address("import_undo", batch.pk)).status_code == 200
    outsider = request.getfixturevalue("outsider_client")
    assert [outsider.get(url).status_code for url in reads] == [404, 404, 404]
    assert [outsider.post(url).status_code for url in writes] == [404] * 5


def test_an_import_of_another_brand_is_not_there(
    brand: Brand, other_brand: Brand, manager_client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "instagram.csv"
    path.write_text("username,followers\nanna,5\n")
    batch, _ = imported(other_brand, path)
    for name in ("import", "import_columns", "import_rejects", "import_undo"):
        assert manager_client.get(address(name, batch.pk)).status_code == 404
    assert "instagram.csv" not in manager_client.get(address("imports")).content.decode()


def test_the_list_has_a_constant_number_of_queries(
    brand: Brand, manager_client: Client, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    manager_client.get(address("imports"))
    for _ in range(30):
        ImportBatch.objects.create(brand=brand, file_name="a.csv", source="x", captured_at=NOW)
    with django_assert_num_queries(6):  # session, user, role, page, brands, waiting runs
        page = manager_client.get(address("imports"))
    assert page.content.decode().count("<tr data-row") == 25


@pytest.mark.parametrize("lost", ["file", "mapping", "reading", "bytes"])
def test_an_import_whose_file_is_gone_says_so(
    brand: Brand, manager_client: Client, lost: str
) -> None:
    upload(manager_client)
    batch = ImportBatch.objects.get()
    if lost == "bytes":
        batch.file.storage.delete(batch.file.name)
    else:
        ImportBatch.objects.update(**{lost: "" if lost == "file" else {}})
    for method in (manager_client.get, manager_client.post):
        answer = method(address("import_columns", batch.pk), follow=True)
        assert answer.redirect_chain == [(address("import", batch.pk), 302)]
        assert "Upload it again." in answer.content.decode()
    assert manager_client.post(address("import_column", batch.pk, 0)).status_code == 404

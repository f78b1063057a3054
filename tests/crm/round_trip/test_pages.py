"""The page and the REST endpoint: asked for once at a time, fetched with a word in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.choices import JobStatus
from crm.models import AuditEntry, Job
from crm.services.round_trip import asking, importing, places
from crm.services.round_trip.reading import ImportRefused
from tests.rest import close_files, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home_of_its_own(tmp_path, settings):
    settings.RAPPORT_HOME = tmp_path


def finish(job: Job) -> None:
    """As the worker leaves it."""
    (places.of_job(job.pk) / "all.zip").write_bytes(b"PK")
    job.params = {"file": "all.zip", "size": 2, "rows": 7, "sha256": "0" * 64}
    job.status, job.finished_at = JobStatus.DONE, timezone.now()
    job.expires_at = timezone.now() + asking.KEPT
    job.save()


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))


def test_an_admin_asks_fetches_and_deletes(admin_client, brand):
    page = reverse("crm:brand_exports", args=[brand.slug])
    for words in ("has begun", "is being made already"):
        answer = admin_client.post(reverse("crm:brand_export_ask", args=[brand.slug]), follow=True)
        assert words in answer.content.decode()
    job = Job.objects.get(kind=asking.KIND)
    finish(job)
    shown = admin_client.get(page).content.decode()
    assert "2\xa0bytes" in shown
    file = reverse("crm:brand_export_file", args=[brand.slug, job.pk])
    assert b"".join(admin_client.get(file).streaming_content) == b"PK"
    gone = admin_client.post(
        reverse("crm:brand_export_delete", args=[brand.slug, job.pk]), follow=True
    )
    assert "deleted" in gone.content.decode()
    assert admin_client.get(file).status_code == 404
    assert verbs() == [
        "crm.brand.export_asked",
        "crm.brand.export_fetched",
        "crm.brand.export_deleted",
    ]


def test_over_rest(admin_user, brand):
    rest = rest_as(admin_user, brand)
    asked = rest.send("POST", "brand-exports/", {})
    assert (asked.status_code, asked.json()["status"]) == (202, "waiting")
    assert rest.send("POST", "brand-exports/", {}).status_code == 409
    assert rest.send("POST", "brand-exports/", {"some": 1}).status_code == 400
    number = asked.json()["id"]
    assert rest.client.get(f"/api/v1/brand-exports/{number}/file").status_code == 409
    assert rest.send("DELETE", f"brand-exports/{number}/").status_code == 409
    finish(Job.objects.get(pk=number))
    shown = rest.json(f"brand-exports/{number}/")
    assert (shown["rows"], shown["has_file"]) == (7, True)
    file = rest.client.get(f"/api/v1/brand-exports/{number}/file")
    assert (file.status_code, file["Content-Type"]) == (200, "application/zip")
    close_files(file)
    assert rest.send("DELETE", f"brand-exports/{number}/").status_code == 204
    assert rest.json("brand-exports/")["results"][0]["has_file"] is False


def test_files_go_when_their_time_is_over(admin_user, brand):
    job = asking.ask(brand=brand, actor=admin_user, at=timezone.now())
    finish(job)
    (places.folder() / "nobody-knows").mkdir()
    assert places.remove_old(timezone.now()) == 1
    assert places.file_of(job) is not None
    assert places.remove_old(timezone.now() + asking.KEPT + timedelta(minutes=1)) == 1
    assert places.file_of(job) is None


def test_an_installation_without_tables_is_told_so(monkeypatch):
    monkeypatch.setattr(importing.exporting, "versions", lambda: {"crm": "0001", "campaigns": ""})
    with pytest.raises(ImportRefused, match="has no tables yet"):
        importing._compare(None)

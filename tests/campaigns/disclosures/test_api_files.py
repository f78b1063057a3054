"""Files over REST: evidence for a review, captures of a publication; by content and size."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import Evidence, EvidenceFile, Sighting
from tests.campaigns.deliverables.worlds import active
from tests.campaigns.disclosures.worlds import at_legal, review_of
from tests.campaigns.publishing.pieces import PNG, piece, producing, published, running
from tests.rest import ROOT, assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(brand, manager):
    return review_of(at_legal(active(brand, manager), manager))


def post(rest, path, **fields):
    return rest.client.post(f"{ROOT}/{path}", fields)


def test_evidence(brand, manager, analyst, legal, outsider, other_brand, review):
    rest, here = rest_as(legal, brand), f"disclosures/{review.pk}/files"
    now = timezone.now()

    def png():
        return SimpleUploadedFile("../screen.png", PNG, "text/plain")

    answer = post(rest, here, uploads=[png()], captured_at=now.isoformat(), note="On my phone")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    # What it is, its content says.
    assert [(one["name"], one["content_type"], one["kind"]) for one in made["files"]] == [
        ("screen.png", "image/png", "screenshot")
    ]
    assert (made["note"], made["text"]) == ("On my phone", None)
    assert EvidenceFile.objects.get().evidence_id == made["id"]
    before = Evidence.objects.count()
    wrong = SimpleUploadedFile("a.png", b"<html><script>alert(1)</script>", "image/png")
    refused = post(rest, here, uploads=[wrong], captured_at=now.isoformat())
    assert assert_problem(refused, 400)["errors"][0]["pointer"] == "/uploads"
    empty = SimpleUploadedFile("a.png", b"", "image/png")
    refused = post(rest, here, uploads=[empty], captured_at=now.isoformat())
    assert assert_problem(refused, 400)["errors"][0]["pointer"].startswith("/uploads")
    later = (now + timedelta(days=1)).isoformat()
    refused = post(rest, here, uploads=[png()], captured_at=later)
    assert assert_problem(refused, 400)["errors"][0]["pointer"] == "/captured_at"
    refused = post(rest, here, captured_at=now.isoformat())
    assert assert_problem(refused, 400)["errors"][0]["pointer"] == "/uploads"
    refused = post(rest, here, uploads=[png()], captured_at=now.isoformat(), color="red")
    assert assert_problem(refused, 400, "unknown_member")
    assert_problem(rest.send("POST", here, {"captured_at": now.isoformat()}), 400, "required")
    fields = {"captured_at": now.isoformat()}
    assert_problem(post(rest_as(analyst, brand), here, uploads=[png()], **fields), 403)
    elsewhere = rest_as(outsider, other_brand)
    assert_problem(post(elsewhere, here, uploads=[png()], **fields), 404)
    assert Evidence.objects.count() == before
    # Who runs the campaign keeps evidence, too, as on the page.
    assert post(rest_as(manager, brand), here, uploads=[png()], **fields).status_code == 201


def test_captures_need_something_published(brand, manager, legal, review):
    rest, here = rest_as(manager, brand), f"publications/{review.deliverable_id}/captures"
    seen = timezone.now().isoformat()
    png = SimpleUploadedFile("a.png", PNG, "image/png")
    refused = post(rest, here, file=png, seen_at=seen)
    assert refused.status_code in {400, 409}
    assert_problem(refused, refused.status_code)
    assert_problem(post(rest_as(legal, brand), here, file=png, seen_at=seen), 403)
    assert_problem(post(rest, "publications/0/captures", file=png, seen_at=seen), 404)
    assert not Sighting.objects.exists()


def test_a_capture_shows_a_publication(brand, manager, outsider, other_brand):
    found = piece(producing(running(brand, manager)))
    published(found)
    rest, here = rest_as(manager, brand), f"publications/{found.pk}/captures"
    seen = timezone.now().isoformat()

    def png():
        return SimpleUploadedFile("a.png", PNG, "image/png")

    elsewhere = rest_as(outsider, other_brand)
    assert_problem(post(elsewhere, here, file=png(), seen_at=seen), 404)
    wrong = SimpleUploadedFile("a.png", b"%PDF-1.4", "image/png")
    refused = post(rest, here, file=wrong, seen_at=seen)
    assert_problem(refused, refused.status_code)
    assert "A capture is a picture: PNG, JPEG or WebP." in refused.content.decode()
    assert not Sighting.objects.exists()
    answer = post(rest, here, file=png(), seen_at=seen, is_there="true")
    assert answer.status_code == 201, answer.content
    made = Sighting.objects.get()
    assert answer.json()["sha256"] == made.digest
    assert (made.is_there, made.by, made.content_type) == (True, manager, "image/png")

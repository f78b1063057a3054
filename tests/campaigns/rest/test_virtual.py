"""Virtual creators over REST: the character, whom it is like, and their consents."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Likeness
from crm.models import AuditEntry
from tests.factories import RelationshipFactory
from tests.rest import ROOT, assert_problem, rest_as

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def test_a_character_and_whom_it_is_like(brand, other_brand, outsider, legal, strategist):
    rest = rest_as(legal, brand)
    mira = RelationshipFactory(brand=brand, creator__creator_type="virtual").creator
    person = RelationshipFactory(brand=brand).creator
    address, below = f"creators/{mira.uid}/virtual/", f"creators/{mira.uid}/likenesses/"
    before = rest.json(address)
    assert (before["owner"], before["is_ai_made"], before["version"]) == (None, None, 0)
    wanted = {"version": 0, "owner": "Studio Nord", "is_ai_made": True}
    known = rest.send("PATCH", address, wanted).json()
    assert (
        known
        == rest.json(address)
        == {
            **before,
            "owner": "Studio Nord",
            "is_ai_made": True,
            "version": 1,
        }
    )
    # What is not named stays.
    note = {"version": 1, "dignity": "fine", "dignity_note": "No caricature"}
    looked = rest.send("PATCH", address, note).json()
    assert (looked["owner"], looked["dignity_by"]) == ("Studio Nord", legal.email)

    made = rest.send("POST", below, {"person": "Bo Holm", "parts": ["face"]})
    assert made.status_code == 201, made.content
    like = made.json()
    assert (like["consent"], like["file"], like["version"]) == (None, None, 1)
    assert rest.json(below)["results"] == [like]
    one = f"likenesses/{like['id']}"
    entries = AuditEntry.objects.count()
    early = {"version": 1, "valid_until": "2027-01-01"}
    seen = rest.json(address)["version"]
    nowhere = {"version": seen, "contact_email": "x"}
    for method, path, sent, status, pointer, code in (
        ("PATCH", address, {"version": 1, "owner": "x"}, 409, "", "outdated"),
        ("PATCH", address, {"version": seen, "based_on": "nobody"}, 400, "/based_on", "invalid"),
        ("PATCH", address, nowhere, 400, "/contact_email", "invalid"),
        ("POST", below, {"person": "Bo", "parts": ["soul"]}, 400, "/parts/0", "invalid_choice"),
        ("PATCH", f"{one}/", early, 400, "/consent", "invalid"),
        ("PATCH", f"{one}/", {"version": 9, "consent": "none"}, 409, "", "outdated"),
        ("POST", f"{one}/paper/", {"version": 1}, 400, "/file", "required"),
    ):
        [fault] = assert_problem(rest.send(method, path, sent), status)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code), (path, sent)
    for uid in (person.uid, "00000000-0000-0000-0000-000000000000"):
        assert_problem(rest.send("PATCH", f"creators/{uid}/virtual/", {"version": 0}), 404)
    assert_problem(rest_as(strategist, brand).send("DELETE", f"{one}/"), 403)
    elsewhere = rest_as(outsider, other_brand)
    for path in (address, below, f"{one}/", f"{one}/paper/"):
        assert_problem(elsewhere.get(path), 404)
    assert AuditEntry.objects.count() == entries

    asked = rest.send("PATCH", f"{one}/", {"version": 1, "consent": "held", "scope": "Ads"}).json()
    assert (asked["consent"], asked["person"], asked["version"]) == ("held", "Bo Holm", 2)
    paper = {"version": 2, "file": SimpleUploadedFile("consent.pdf", PDF)}
    kept = rest.client.post(f"{ROOT}/{one}/paper/", paper)
    assert kept.status_code == 200, kept.content
    assert (kept.json()["file"], kept.json()["scope"]) == ("consent.pdf", "Ads")
    assert rest.get(f"{one}/paper/").getvalue() == PDF
    assert rest.send("DELETE", f"{one}/").status_code == 204
    assert Likeness.objects.get().archived_at is not None
    assert_problem(rest.get(f"{one}/"), 404)

"""Over REST: the papers that were kept with records, by whom their page may be looked at."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from campaigns.api import kept_papers
from campaigns.models import Permit
from crm.choices import Role
from tests.everything.papers import DIGEST, PDF
from tests.rest import assert_problem


@pytest.fixture
def permit(db, world):
    return Permit.objects.create(
        brand=world.brand,
        relationship=world.piece.engagement.relationship,
        jurisdiction="AE",
        kind="permit",
        number="UAE-1",
        file_name="../paper.html",
        file_type="text/html",
        file_size=len(PDF),
        file_sha256=DIGEST,
    )


def test_a_paper_is_a_download_and_never_a_page(world, permit):
    here = f"permits/{permit.pk}/paper/"
    Permit.objects.update(file_sha256="0" * 64)  # Its bytes are not in the store (any more).
    assert_problem(world[Role.ANALYST].get(here), 404)
    Permit.objects.update(file_sha256=DIGEST)
    kept_papers.PERMITS.keep(world.brand.pk, DIGEST, ContentFile(PDF))
    answer = world[Role.ANALYST].get(here)
    assert answer.getvalue() == PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; ")
    world.elsewhere("GET", here)


def test_where_nothing_was_kept_there_is_nothing(world, permit):
    Permit.objects.update(file_name="", file_type="", file_sha256="", file_size=None)
    for nothing in (f"permits/{permit.pk}/paper/", "contracts/1/paper/", "invoices/1/file/"):
        assert_problem(world[Role.ADMIN].get(nothing), 404)


def test_a_paper_that_was_put_away_is_gone(world, permit):
    kept_papers.PERMITS.keep(world.brand.pk, DIGEST, ContentFile(PDF))
    Permit.objects.update(archived_at=world.campaign.created_at)
    assert_problem(world[Role.LEGAL].get(f"permits/{permit.pk}/paper/"), 404)

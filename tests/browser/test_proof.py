"""From a published post to what a court could read: evidence, verdict, archive, ledger."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.choices import ReviewStage
from crm.models import AuditEntry
from tests.campaigns.disclosures.worlds import review_of, settle
from tests.campaigns.publishing.pieces import DAY, PNG, piece, producing, published, running
from tests.crm.ledger import behind
from tests.factories import NOW

CAPTION = "Reklame for @acme: min nye creme er blød som en sky. #reklame"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def out(brand, manager):
    """A reel that is published and waits for legal."""
    found = piece(producing(running(brand, manager)))
    published(found, NOW - DAY, actor=manager)
    return found


def test_what_legal_decided_is_proven(brand, out, legal, log_in, visit, assert_accessible):
    log_in(legal)
    page = visit("/acme/legal/reviews/")
    page.get_by_role("link", name="Reel about serum").first.click()
    capture(page)
    assert_accessible(page)

    review = settle(review_of(out, ReviewStage.LIVE), legal, at=timezone.now())
    page.reload()
    page.keyboard.press("1")
    expect(page.get_by_text("“Reel about serum”: sufficient.")).to_be_visible()
    page.goto(f"/acme/legal/reviews/{review.pk}/")
    expect(page.get_by_text("Decided", exact=False).first).to_be_visible()
    review.refresh_from_db()
    assert review.verdict == "sufficient"

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Take it out").click()
    check_archive(Path(waiting.value.path()).read_bytes())

    page = visit("/acme/ledger/proof/")
    check_ledger(page, visit)
    expect(page.get_by_text("whole").last).to_be_visible()
    assert_accessible(page)
    entry = AuditEntry.objects.get(brand=brand, verb="campaigns.disclosure.decided")
    behind.change(brand, entry.number, facts={**entry.facts, "verdict": "missing"})
    check_ledger(page, visit)
    expect(page.get_by_text(f"broken at entry {entry.number}").last).to_be_visible()


def check_ledger(page: Page, visit) -> None:
    """The button; once that is answered, the page again, which has the result."""
    with page.expect_navigation():
        page.get_by_role("button", name="Check now").click()
    visit("/acme/ledger/proof/")


def capture(page: Page) -> None:
    """A screenshot, the caption, and that the platform's own label is on."""
    page.get_by_role("link", name="Add evidence").click()
    page.get_by_label("Files", exact=True).set_input_files(
        {"name": "reel.png", "mimeType": "image/png", "buffer": PNG}
    )
    page.get_by_label("The whole caption").fill(CAPTION)
    page.get_by_label("The platform's own label").select_option("yes")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("It is kept. The rules were asked again.")).to_be_visible()


def check_archive(content: bytes) -> None:
    """As its README says: every file has the hash that stands in the list."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        lines = archive.read("SHA256SUMS").decode().splitlines()
        for line in lines:
            digest, name = line.split(maxsplit=1)
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
            names.discard(name)
        assert any(line.endswith(".pdf") for line in lines)
        assert PNG in [archive.read(line.split(maxsplit=1)[1]) for line in lines]
    assert names == {"SHA256SUMS"}

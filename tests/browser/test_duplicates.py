"""A colleague's list brings somebody twice: look, merge, work on the one page, take it back."""

from __future__ import annotations

from playwright.sync_api import expect

from crm.models import Creator, CreatorTag
from crm.services import duplicates
from crm.services.imports import batches, running
from tests.factories import NOW, ProfileFactory, RelationshipFactory

# As somebody keeps it by hand: names in two columns, an address to each handle, own words.
SHEET = """First name;Last name;TikTok;E-mail;Country;Tags
Ida;Holm;@idaholm;ida@holm.example;Denmark;vegan, spring launch
Noa;Lind;@noa.lind;noa@lind.example;Sweden;
"""


def test_somebody_who_came_twice_becomes_one(
    brand, manager, log_in, visit, settle, assert_accessible, tmp_path
):
    known = RelationshipFactory(brand=brand, creator__name="Ida Holm", creator__country="DK")
    ProfileFactory(creator=known.creator, handle="ida.holm")
    bring(brand, manager, tmp_path)
    log_in(manager)
    page = visit("/acme/duplicates/")
    expect(page.get_by_text("Same handle: ida.holm / idaholm")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Compare and merge").click()
    expect(page.get_by_role("row", name="Contact points 1 0")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Merge the two").click()
    expect(page.get_by_role("heading", name="Ida Holm", level=1)).to_be_visible()
    settle()
    expect(page.get_by_text("Merged with Ida Holm", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="idaholm")).to_be_visible()
    expect(page.get_by_text("spring launch").first).to_be_visible()
    assert_accessible(page)
    # A tag, one fact and the kinds of events, without leaving the page.
    page.get_by_label("Add a tag").fill("Speaks at events")
    page.get_by_label("Add a tag").press("Enter")
    expect(page.get_by_role("button", name="Take away the tag Speaks at events")).to_be_visible()
    assert CreatorTag.objects.filter(creator=known.creator).count() == 3
    page.locator("#fact-timezone").get_by_role("link").click()
    page.locator("#fact-timezone select").select_option("Europe/Copenhagen")
    page.locator("#fact-timezone").get_by_role("button", name="Save").click()
    expect(page.locator("#fact-timezone")).to_contain_text("Europe/Copenhagen")
    page.locator("label[for=kind-stage]").click()
    expect(page.get_by_text("Became known as Prospect")).to_have_count(0)
    page = visit(f"/acme/creators/{known.creator.uid}/contacts/")
    expect(page.get_by_text("ida@holm.example").first).to_be_visible()
    assert_accessible(page)
    visit("/acme/duplicates/").get_by_role("link", name="Details and undo").click()
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("are two again")).to_be_visible()
    assert Creator.objects.filter(merged_into=None).count() == 3


def bring(brand, manager, folder):
    """Import the sheet and look at the new creators, as a worker does."""
    path = folder / "list.csv"
    path.write_text(SHEET)
    batch = batches.start(
        brand=brand,
        actor=manager,
        path=path,
        file_name="list.csv",
        wishes=batches.Wishes(),
        at=NOW,
    )
    running.apply_import(batch_id=batch.pk, actor=manager, at=NOW, path=path)
    duplicates.find_after(batch_id=batch.pk, at=NOW)

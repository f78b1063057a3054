"""Every page of relationships, imports and settings: quiet, accessible, and within a phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files import File
from django.utils import timezone
from playwright.sync_api import expect

from crm.choices import Role, Scope, Stage
from crm.models import Relationship
from crm.services import made_up, tokens
from crm.services.imports import batches, running
from crm.services.notes import add_note
from segmentation.services import packs, runs
from tests.browser.watching import PHONE, SCREEN, width_beyond_screen
from tests.factories import RelationshipFactory

LIST = """Name,Instagram handle,Followers
Nora Birk,@nora.birk,901
Nils Dal,@nils.dal,"12,400"
Nobody,@no.body,plenty
"""


@pytest.fixture
def lived_in(brand, admin_user):
    """A brand with eighty made-up creators, a note, segments with members and a token."""
    now = timezone.now()
    made_up.fill(brand=brand, creators=80, seed=3, at=now)
    first = Relationship.objects.filter(brand=brand).order_by("pk").first()
    add_note(relationship=first, text="Answers within the hour.", author=admin_user, at=now)
    packs.install_pack(brand=brand, name="default", actor=None, at=now)
    run = runs.start_run(brand=brand, as_of=now - timedelta(days=30), at=now)
    runs.execute_run(run_id=run.pk, at=now)
    tokens.create_token(
        brand=brand, user=admin_user, name="reporting", scopes=[Scope.SCORECARDS_READ], at=now
    )
    return brand


@pytest.fixture
def uploaded(brand, admin_user, tmp_path: Path):
    """Three imports: uploaded, checked, applied. One row of each cannot be taken."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    now = timezone.now()
    found = []
    for name in ("uploaded.csv", "checked.csv", "applied.csv"):
        with path.open("rb") as file:
            batch = batches.upload(
                brand=brand,
                actor=admin_user,
                file=File(file, name=name),
                file_name=name,
                wishes=batches.Wishes(),
                at=now,
            )
        found.append(batch)
    _, checked, applied = found
    running.check_import(batch_id=checked.pk, at=now)
    running.apply_import(batch_id=applied.pk, actor=admin_user, at=now)
    return found


def test_every_page_is_accessible_and_fits_a_phone(
    lived_in, uploaded, admin_user, log_in, visit, assert_accessible
):
    creator = Relationship.objects.filter(brand=lived_in).order_by("pk").first().creator
    waiting, checked, applied = uploaded
    log_in(admin_user)
    for path in (
        "/acme/creators/",
        "/acme/creators/?stage=core&sort=-followers",
        "/acme/creators/?stage=core&columns=tags,segments,email&sort=name",
        "/acme/creators/?followers_min=many",
        "/acme/creators/views/?stage=core",
        "/acme/jobs/",
        "/acme/search/?q=an",
        "/acme/creators/new/",
        f"/acme/creators/{creator.uid}/",
        f"/acme/creators/{creator.uid}/edit/",
        "/acme/board/",
        "/acme/board/prospect/",
        "/acme/imports/",
        f"/acme/imports/{waiting.pk}/",
        f"/acme/imports/{waiting.pk}/columns/",
        f"/acme/imports/{checked.pk}/",
        f"/acme/imports/{applied.pk}/",
        f"/acme/imports/{applied.pk}/undo/",
        "/acme/settings/",
    ):
        page = visit(path)
        assert_accessible(page)
        page.set_viewport_size(PHONE)
        assert width_beyond_screen(page) == 0, path
        page.set_viewport_size(SCREEN)


def test_pages_before_and_beside_log_in_are_accessible(
    page, analyst, log_in, visit, troubles, assert_accessible
):
    troubles.expect(403)
    for path in ("/accounts/login/", "/accounts/password/reset/"):
        assert_accessible(visit(path))
    log_in(analyst)
    assert_accessible(visit("/acme/settings/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.ignore_template_errors  # allauth's own templates ask for what may not be there
def test_pages_of_the_account_are_accessible(manager, log_in, visit, assert_accessible):
    log_in(manager)
    for path in ("/accounts/password/change/", "/accounts/2fa/"):
        page = visit(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert_accessible(page)
        page.set_viewport_size(PHONE)
        assert width_beyond_screen(page) == 0, path
        page.set_viewport_size(SCREEN)


def test_pages_of_a_new_brand_say_what_to_do_next(admin_user, log_in, visit, assert_accessible):
    log_in(admin_user)
    for path, words in (
        ("creators/", "No creators yet"),
        ("board/", "Nobody here"),
        ("imports/", "No imports yet"),
        ("segments/", "No segments yet"),
        ("runs/", "No runs yet"),
        ("scorecards/", "No segments yet"),
    ):
        page = visit(f"/acme/{path}")
        expect(page.get_by_text(words).first).to_be_visible()
        assert_accessible(page)


def test_person_without_a_brand_is_told_whom_to_ask(
    admin_user, log_in, visit, troubles, assert_accessible
):
    troubles.expect(403)
    admin_user.roles.all().delete()
    log_in(admin_user)
    page = visit("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)


def test_what_is_chosen_in_the_filter_stays_in_the_address(brand, manager, log_in, visit, settle):
    for stage in (Stage.CORE, Stage.PROSPECT, Stage.CORE, Stage.PROSPECT):
        RelationshipFactory(brand=brand, stage=stage)
    log_in(manager)
    page = visit("/acme/creators/")
    everybody = page.locator("#rows").get_by_role("row").count()
    page.get_by_role("checkbox", name="Core partner").check()
    page.wait_for_url("**/creators/?*stage=core*")
    settle()
    core = page.locator("#rows").get_by_role("row").count()
    assert 1 < core < everybody

    page.reload()
    expect(page.locator("#rows").get_by_role("row")).to_have_count(core)
    expect(page.get_by_role("checkbox", name="Core partner")).to_be_checked()


def test_theme_is_kept(brand, manager, log_in, visit):
    log_in(manager)
    page = visit("/acme/creators/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.get_by_role("button", name="Switch between dark and light").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_role_sees_only_what_it_may_do(brand, legal, log_in, visit):
    RelationshipFactory(brand=brand)
    assert legal.roles.get().role == Role.LEGAL
    log_in(legal)
    page = visit("/acme/board/")
    expect(page.locator("[data-card]")).to_have_count(1)
    assert page.locator("select[name=to]").count() == 0
    assert page.locator("[draggable=true]").count() == 0
    expect(page.get_by_role("link", name="Settings")).to_have_count(0)

"""The morning: log in, see what waits, do it, put it off, take it back; by keyboard, on a phone."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from crm.models import Relationship, Snooze, Task
from tests.browser.watching import PHONE, SCREEN, width_beyond_screen
from tests.factories import RelationshipFactory

PASSWORD = "long enough for everybody"


def test_the_morning(brand, manager, page, visit, settle, assert_accessible):
    today = timezone.now().date()
    ida = RelationshipFactory(brand=brand, creator__name="Ida Holm", owner=manager)
    due = today - timedelta(days=2)
    Relationship.objects.filter(pk=ida.pk).update(next_step="Call Ida", next_step_on=due)
    for title in ("Send the brief", "Check the caption"):
        Task.objects.create(brand=brand, title=title, assignee=manager, due_on=today)
    manager.set_password(PASSWORD)
    manager.save()

    page.goto("/")
    page.get_by_label("E-mail").fill(manager.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url("/acme/")
    settle()
    expect(page.get_by_role("heading", level=1)).to_have_text("My day")
    rows = page.locator("#section-chase [data-row]")
    expect(rows).to_have_count(3)
    assert_accessible(page)

    # Done by keyboard; the next row has it then.
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("d")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_be_focused()
    expect(page.locator("#toast")).to_contain_text("Done.")
    ida.refresh_from_db()
    assert ida.next_step == ""

    # Put off, and taken back.
    page.keyboard.press("s")
    tomorrow = rows.nth(0).get_by_role("button", name="Tomorrow")
    expect(tomorrow).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    assert Snooze.objects.get().until == today + timedelta(days=1)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    expect(page.locator("#toast")).to_contain_text("It is back.")
    assert not Snooze.objects.exists()

    page.set_viewport_size(PHONE)
    assert width_beyond_screen(page) == 0
    page.set_viewport_size(SCREEN)
    task = Task.objects.first()
    for path in ("/acme/tasks/", f"/acme/tasks/{task.pk}/", "/acme/notifications/", "/acme/me/"):
        visit(path)
        assert_accessible(page)
        page.set_viewport_size(PHONE)
        assert width_beyond_screen(page) == 0, path
        page.set_viewport_size(SCREEN)


def test_a_colleague_is_named_by_keyboard(brand, manager, legal, log_in, visit):
    log_in(manager)
    page = visit("/acme/tasks/")
    title = page.get_by_label("Task", exact=True)
    title.press_sequentially("Ask @le")
    expect(page.locator("#mentions [role=option]")).to_have_text("legal (@legal)")
    title.press("Enter")
    expect(title).to_have_value("Ask @legal ")
    expect(page.locator("#mentions")).to_have_count(0)
    title.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Added: Ask @legal")
    assert Task.objects.get().mentions.get().user == legal

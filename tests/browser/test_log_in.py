"""Logging in as a person does it, and what somebody without a right to a page sees."""

from __future__ import annotations

from playwright.sync_api import expect

PASSWORD = "long enough for everybody"


def test_manager_logs_in_with_address_and_password(manager, page, assert_accessible):
    manager.set_password(PASSWORD)
    manager.save()

    page.goto("/acme/creators/")
    assert_accessible(page)
    page.get_by_label("E-mail").fill(manager.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page).to_have_url("/acme/creators/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Creators")


def test_wrong_password_is_refused_in_words_and_keeps_the_address(manager, page):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(manager.email)
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("alert")).to_contain_text("not correct")
    expect(page.get_by_label("E-mail")).to_have_value(manager.email)


def test_page_of_another_brand_does_not_exist(outsider, log_in, visit, troubles, assert_accessible):
    troubles.expect(404)
    log_in(outsider)
    page = visit("/acme/creators/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)

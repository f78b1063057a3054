"""A contract from draft to acceptance: a manager writes it, the creator reads it on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from campaigns.models import ContractAcceptance
from tests.browser.watching import PHONE, width_beyond_screen
from tests.campaigns.contracts.worlds import drafted, place


def test_a_contract_is_written_and_accepted(brand, manager, log_in, visit, assert_accessible):
    contract = drafted(place(brand, manager), manager)
    log_in(manager)
    page = visit(f"/acme/contracts/{contract.pk}/draft/")
    page.get_by_label("Fee in all").fill("1200")
    assert_accessible(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The fee is 1,200 EUR.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Send", exact=True).click()
    link = page.get_by_label("this link").input_value()

    page.set_viewport_size(PHONE)
    page = visit(link)
    page.get_by_role("link", name="Spring with Mira").first.click()
    expect(page.get_by_label("I have read the contract")).to_be_visible()
    assert width_beyond_screen(page) == 0
    assert_accessible(page)
    page.get_by_label("Your full name").fill("Mira Holm")
    page.get_by_label("I have read the contract").check()
    page.get_by_role("button", name="Accept the contract").click()
    expect(page.get_by_role("heading", name="In force")).to_be_visible()
    assert ContractAcceptance.objects.get().name == "Mira Holm"

"""Terms that are refused, each with the field at fault; prefilled ones; and the document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from campaigns.choices import OfferState
from campaigns.models import ContractRules
from campaigns.services.contracts import clauses, rules
from campaigns.services.contracts.checking import checked, ready_to_send
from campaigns.services.contracts.document import document_of
from campaigns.services.contracts.prefill import offer_for, prefilled
from campaigns.services.contracts.printing import pdf
from campaigns.services.contracts.terms import FeePart, KillFee, Right, Terms
from campaigns.services.contracts.variable import CommissionPart, ResultPart
from campaigns.services.offers.wanted import Deliverable, Wanted
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from tests.campaigns.contracts.worlds import TERMS, drafted, place
from tests.campaigns.offers.worlds import an_offer
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PART = FeePart("publication", percent=Decimal(100))
GOAL = ResultPart(threshold=100_000, amount=Decimal(500))


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (
            {"parts": (replace(PART, percent=Decimal(90)),)},
            "parts",
            "The parts come to 900 EUR, the fee is 1,000 EUR.",
        ),
        ({"parts": ()}, "parts", "Say when the fee is due"),
        ({"parts": (replace(PART, amount=Decimal(5)),)}, "parts/0/percent", "one of them"),
        ({"parts": (replace(PART, due="date"),)}, "parts/0/on", "A day goes with"),
        ({"total": Decimal(0)}, "total", "Without a fee there are no parts"),
        ({"currency": "EURO"}, "currency", "is no currency"),
        ({"is_minor": True}, "guardian", "consent of a parent or guardian"),
        ({"guardian": "Kim"}, "is_minor", "Tick that the creator is a minor"),
        ({"is_virtual": True}, "studio", "who owns the virtual creator"),
        ({"exclusive_until": None}, "exclusive_until", "one of them"),
        ({"exclusive_for": ""}, "exclusive_from", "for what the creator is exclusive"),
        ({"ends_on": date(2020, 1, 1), "starts_on": date(2021, 1, 1)}, "ends_on", "before the"),
        ({"jurisdictions": ("XX",)}, "jurisdictions", "no rules for “XX”"),
        ({"kill_fees": (KillFee("before", Decimal(50)), KillFee("approved", Decimal(20)))},
         "kill_fees", "the more the creator gets"),
        ({"rights": (Right("paid"), Right("paid"))}, "rights/1/usage", "stands once"),
        ({"deliverables": (Deliverable("review", "nowhere", "story"),)},
         "deliverables/0/platform", "Choose on which platform"),
        ({"deliverables": (Deliverable("review", "instagram", "story", 51),)},
         "deliverables", "50 pieces are the most"),
        ({"results": (ResultPart(),)}, "results/0/each", "more than 0"),
        ({"results": (GOAL, GOAL)}, "results/1/metric", "stands there already"),
        ({"results": (replace(GOAL, threshold=None),)}, "results/0/threshold", "has to be reached"),
        ({"results": (replace(GOAL, each=Decimal(1)),)}, "results/0/each", "empty one of the two"),
        ({"results": (replace(GOAL, net_days=181),)}, "results/0/net_days", "0 to 180"),
        ({"commission": CommissionPart()}, "commission/percent", "one of them"),
        ({"commission": CommissionPart(percent=Decimal(5), months=121)},
         "commission/months", "1 to 120"),
        ({"special": "x" * 10_001}, "special", "10,000 characters are the most; this has 10,001."),
    ],
)  # fmt: skip
def test_what_is_refused_names_its_field(change, field, words, brand, manager):
    place(brand, manager)
    with pytest.raises(CampaignRefused) as refusal:
        checked(replace(TERMS, **change))
    assert (refusal.value.field, words in str(refusal.value)) == (field, True), str(refusal.value)


def test_terms_come_back_as_they_were_written():
    each = ResultPart("likes", each=Decimal("0.000001"), most=Decimal(9))
    commission = CommissionPart("lead", each=Decimal("2.50"), minimum=Decimal(20))
    terms = replace(
        TERMS,
        exclusive_until=None,
        exclusive_months=3,
        embargo_until=NOW,
        results=(GOAL, each),
        commission=commission,
    )
    assert Terms.from_json(terms.to_json()) == terms


@pytest.mark.parametrize("name", ["brand_name", "creator_name", "deliverables", "law", "total"])
def test_a_draft_may_lack_what_a_contract_may_not(name, brand, manager):
    place(brand, manager)
    empty = (
        {"total": Decimal(0), "parts": ()}
        if name == "total"
        else {name: type(getattr(TERMS, name))()}
    )
    lacking = checked(replace(TERMS, **empty))
    with pytest.raises(CampaignRefused) as refusal:
        ready_to_send(lacking)
    assert refusal.value.field == name


def test_rounding_ends_in_the_last_part():
    third = FeePart("publication", percent=Decimal("33.3333"))
    last = replace(third, percent=Decimal("33.3334"))
    terms = replace(TERMS, total=Decimal("100.01"), parts=(third, third, last))
    assert terms.amounts == [Decimal("33.34"), Decimal("33.34"), Decimal("33.33")]
    assert sum(terms.amounts) == Decimal("100.01")


def test_a_contract_begins_with_the_accepted_offer(brand, manager):
    found = place(brand, manager)
    offer = an_offer(found.relationship, manager, OfferState.ACCEPTED)
    offer.engagement = found
    offer.save()
    ContractRules.objects.create(brand=brand, legal_name="Acme ApS", law="Denmark", net_days=14)
    said = Wanted.of(offer.current)
    terms = prefilled(found, offer_for(found))
    assert terms.total == said.amount
    assert terms.deliverables == said.deliverables
    assert [(row.usage, row.months, row.territory) for row in terms.rights] == [
        (row.usage, row.months, row.territory) for row in said.rights
    ]
    assert (terms.brand_name, terms.law, terms.jurisdictions) == ("Acme ApS", "Denmark", ("DK",))
    assert [(part.due, part.percent, part.net_days) for part in terms.parts] == [
        ("signing", Decimal(50), 14),
        ("publication", Decimal(50), 14),
    ]


def test_clauses_follow_from_the_terms(brand, manager):
    contract = drafted(place(brand, manager), manager)
    document = document_of(contract, contract.current)
    keys = {section.clause for section in document.sections} - {""}
    assert {"kill_fee", "rights", "exclusivity"} <= keys
    assert not {"minor", "virtual", "equity", "embargo", "claims", "whitelisting"} & keys
    texts = " ".join(line for section in document.sections for line in section.text)
    assert "{{" not in texts
    assert "20 % before a first draft is there; 100 % after the content is approved" in texts
    assert "From 1 March 2027 to 31 May 2027 the creator does not advertise" in texts
    tables = {section.heading: section.rows for section in document.sections}
    assert tables["What the creator gets"][0] == (
        "500 EUR", "when the contract is accepted", "30 days",
    )  # fmt: skip
    (denmark,) = tables["How advertising is disclosed"]
    assert denmark[0] == "Denmark"
    assert "“reklame”" in denmark[1]


def test_every_clause_of_the_product_can_be_filled_in():
    for row in clauses.defaults().clauses.values():
        assert set(clauses.FIELD.findall(row.text)) <= set(clauses.FIELDS), row.key


def test_what_a_creator_is_called_is_never_read_as_a_field(brand, manager):
    contract = drafted(place(brand, manager), manager, creator_name="{{ law }} #let x", special="$")
    document = document_of(contract, contract.current)
    assert document.creator == "{{ law }} #let x"
    assert pdf(contract, contract.current).startswith(b"%PDF")


def test_a_clause_is_worded_anew(brand, legal, other_brand):
    said = {
        "brand": brand,
        "heading": "Law",
        "text": "The law of {{ law }}.",
        "when": "always",
        "is_used": True,
        "actor": legal,
        "at": NOW,
    }
    made = clauses.word(key="law", expected_number=0, **said)
    assert made.number == 1
    with pytest.raises(CampaignOutdated):
        clauses.word(key="law", expected_number=0, **said)
    with pytest.raises(CampaignRefused, match="“price” cannot be filled in"):
        clauses.word(key="law", expected_number=1, **(said | {"text": "{{ price }}"}))
    own = clauses.word(key="", expected_number=0, **(said | {"heading": "Our dogs"}))
    assert own.key == "own-our-dogs"
    assert [row.key for row in clauses.wordings_of(brand)][-1] == "own-our-dogs"
    assert {row.number for row in clauses.wordings_of(other_brand)} == {0}


def test_when_legal_has_to_look(brand):
    usual = rules.rules_of(brand)
    assert rules.why_legal(TERMS, usual) == []
    strange = replace(
        TERMS, has_equity=True, is_minor=True, rights=(Right("whitelisting"),), special="No."
    )
    assert rules.why_legal(strange, usual) == [
        "Equity is part of the pay.",
        "The creator is a minor.",
        "The brand advertises through the creator's account.",
        "It has special terms.",
    ]
    usual.legal_above = Decimal(999)
    brand.currency = "EUR"
    assert rules.why_legal(TERMS, usual) == ["The fee is above 999 EUR."]
    assert rules.why_legal(replace(TERMS, currency="USD"), usual) == [
        "The fee is in USD, and the limit is 999 EUR."
    ]


def test_pay_by_result_and_a_commission_stand_in_the_document(brand, manager):
    parts = {
        "results": (GOAL, ResultPart("likes", each=Decimal("0.01"), most=Decimal(90), days=7)),
        "commission": CommissionPart(percent=Decimal("12.5"), months=6, minimum=Decimal(50)),
    }
    contract = drafted(place(brand, manager), manager, **parts)
    document = document_of(contract, contract.current)
    found = {section.heading: section for section in document.sections}
    assert found["What the creator gets by result"].rows == (
        ("500 EUR once 100,000 views are counted, 30 days after the last publication at the latest",
         "30 days"),
        ("0.01 EUR for each like, counted 7 days after the last publication, 90 EUR at most",
         "30 days"),
    )  # fmt: skip
    assert " ".join(found["Commission"].text) == (
        "The creator gets 12.5 % of the value of each order that comes by the creator's own code "
        "or link, for 6 months from acceptance. It counts when it is 30 days old; what is given "
        "back is taken off. Each statement lists what it is for, and is paid within 30 days. Less "
        "than 50 EUR is carried on."
    )
    assert b"%PDF" in pdf(contract, contract.current)[:8]


def test_an_affiliate_offer_becomes_a_commission(brand, manager):
    engagement = place(brand, manager)
    wanted = Wanted("affiliate", percent=Decimal(15), months=4, currency="EUR")
    offer = an_offer(engagement.relationship, manager, OfferState.ACCEPTED, wanted)
    offer.engagement = engagement
    offer.save()
    terms = prefilled(engagement, offer_for(engagement))
    assert terms.commission == CommissionPart(percent=Decimal("15.0000"), months=4)
    assert terms.also == ""

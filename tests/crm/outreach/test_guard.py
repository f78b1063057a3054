"""What the guard refuses, why, and when it may be asked again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from crm.choices import (
    LawfulBasis,
    MailDirection,
    MailPurpose,
    MailStatus,
    PitchDepth,
    Stage,
    SuppressionOrigin,
    SuppressionReason,
)
from crm.models import Agent, ContactPoint, Representation
from crm.outreach.guard import may_send
from crm.outreach.parts import CAUTIONS, OBJECTIONS, Care, Caution, Objection
from crm.services.holds import lift, pause
from crm.services.outreach import suppressions
from tests.crm.outreach.worlds import MONDAY, known_creator, mail, mailbox_of, policy_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _public(settings):
    settings.RAPPORT_URL = "https://crm.example.com"


@pytest.fixture
def policy(brand):
    return policy_of(brand)


@pytest.fixture
def mailbox(brand, policy):
    return mailbox_of(brand)


@pytest.fixture
def maya(brand):
    return known_creator(brand)


def ask(
    relationship, mailbox, *, at=MONDAY, purpose=MailPurpose.FIRST, to="maya@example.com", **more
):
    return may_send(
        relationship=relationship, mailbox=mailbox, to=to, purpose=purpose, at=at, **more
    )


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


def test_nothing_is_against_a_first_mail_on_a_working_morning(maya, mailbox):
    verdict = ask(maya, mailbox)
    assert verdict.allowed
    assert verdict.words == ""
    assert verdict.notes == ("Hours go by the time in Denmark.",)


def test_it_costs_as_many_queries_whatever_is_there(maya, mailbox, django_assert_max_num_queries):
    for days in range(1, 6):
        mail(maya, mailbox, at=MONDAY - days * DAY)
    with django_assert_max_num_queries(15):
        ask(maya, mailbox)


def test_without_a_postal_address_nothing_leaves(maya, mailbox, policy):
    policy.postal_address = " "
    policy.save()
    verdict = ask(maya, mailbox)
    assert codes(verdict) == ["no_postal_address"]
    assert verdict.retry_at is None
    assert ask(maya, mailbox, purpose=MailPurpose.REPLY).allowed


def test_without_a_public_address_the_way_out_would_lead_nowhere(maya, mailbox, settings):
    settings.RAPPORT_URL = ""
    assert codes(ask(maya, mailbox)) == ["no_public_address"]


def test_a_paused_mailbox_sends_nothing(maya, mailbox):
    mailbox.is_paused = True
    assert codes(ask(maya, mailbox)) == ["mailbox_paused"]
    assert codes(ask(maya, mailbox, purpose=MailPurpose.REPLY)) == ["mailbox_paused"]


def test_a_pause_lets_mails_wait_but_not_answers(maya, mailbox, brand, manager):
    later = MONDAY + timedelta(hours=4)
    hold = pause(
        brand=brand, relationship=maya, reason="Look first", until=later, actor=manager, at=MONDAY
    )
    verdict = ask(maya, mailbox)
    assert codes(verdict) == ["on_hold"]
    assert verdict.retry_at == later
    assert "Look first" in verdict.words
    assert ask(maya, mailbox, purpose=MailPurpose.REPLY).allowed
    lift(hold_id=hold.pk, brand=brand, reason="Cleared", actor=manager, at=MONDAY)
    assert ask(maya, mailbox).allowed
    # The brand's own stops everybody's; without an end it asks again in a while.
    pause(brand=brand, relationship=None, reason="Crisis", until=None, actor=manager, at=MONDAY)
    verdict = ask(maya, mailbox)
    assert codes(verdict) == ["on_hold"]
    assert verdict.retry_at == MONDAY + timedelta(minutes=15)


def test_a_mailbox_of_another_brand_is_no_mailbox(maya, policy, other_brand):
    assert "mailbox_of_another_brand" in codes(ask(maya, mailbox_of(other_brand)))


def test_who_opted_out_is_left_alone_by_every_address(maya, mailbox, brand):
    suppressions.suppress_creator(
        brand=brand,
        creator=maya.creator,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.LINK,
        at=MONDAY - DAY,
    )
    for to in ("maya@example.com", "new@example.com"):
        verdict = ask(maya, mailbox, to=to)
        assert codes(verdict) == ["suppressed"]
        assert verdict.words == (
            "Maya Lindholm is on the suppression list since 22 November 2026: opted out."
        )
        assert verdict.retry_at is None


def test_the_address_is_remembered_when_another_creator_has_it(maya, mailbox, brand):
    suppressions.suppress_creator(
        brand=brand,
        creator=maya.creator,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.LINK,
        at=MONDAY - DAY,
    )
    again = known_creator(brand, name="Maya L.", address="")
    assert codes(ask(again, mailbox, to=" MAYA@Example.com")) == ["suppressed"]
    assert ask(again, mailbox, to="other@example.com").allowed


def test_a_dead_address_is_one_address(maya, mailbox, brand):
    suppressions.suppress_address(
        brand=brand,
        address="maya@example.com",
        reason=SuppressionReason.BOUNCE,
        origin=SuppressionOrigin.MAIL_SERVER,
        at=MONDAY - DAY,
    )
    assert codes(ask(maya, mailbox)) == ["suppressed"]
    assert ask(maya, mailbox, to="maya@work.example").allowed


def test_who_opted_out_and_then_writes_is_answered(maya, mailbox, brand):
    suppressions.suppress_creator(
        brand=brand,
        creator=maya.creator,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.LINK,
        at=MONDAY - 2 * DAY,
    )
    assert codes(ask(maya, mailbox, purpose=MailPurpose.REPLY)) == ["suppressed"]
    mail(maya, mailbox, at=MONDAY - DAY, direction=MailDirection.IN)
    assert ask(maya, mailbox, purpose=MailPurpose.REPLY).allowed
    assert "suppressed" in codes(ask(maya, mailbox))


def test_who_complained_is_not_even_answered(maya, mailbox, brand):
    suppressions.suppress_creator(
        brand=brand,
        creator=maya.creator,
        reason=SuppressionReason.COMPLAINT,
        origin=SuppressionOrigin.PERSON,
        at=MONDAY - 2 * DAY,
    )
    mail(maya, mailbox, at=MONDAY - DAY, direction=MailDirection.IN)
    assert codes(ask(maya, mailbox, purpose=MailPurpose.REPLY)) == ["suppressed"]


def test_a_barred_address_is_not_used(maya, mailbox):
    ContactPoint.objects.update(barred_at=MONDAY - DAY, barred_reason="Her sister's.")
    verdict = ask(maya, mailbox)
    assert verdict.words == (
        "maya@example.com is not to be used since 22 November 2026: Her sister's."
    )


def test_who_declined_is_not_asked_again(maya, mailbox):
    maya.stage = Stage.DECLINED
    assert codes(ask(maya, mailbox)) == ["declined"]
    assert ask(maya, mailbox, purpose=MailPurpose.REPLY).allowed


def test_upper_apps_object(maya, mailbox, monkeypatch):
    parts = {"test": Objection("do_not_pitch", lambda _brand, ids, _at: dict.fromkeys(ids, "No."))}
    monkeypatch.setattr(OBJECTIONS, "_parts", parts)
    # Nobody is sent to ask for a yes that would change nothing.
    care = Caution(
        "t", lambda _brand, ids, _at: dict.fromkeys(ids, Care(PitchDepth.COLLEAGUE, "x"))
    )
    monkeypatch.setattr(CAUTIONS, "_parts", {"test": care})
    assert codes(ask(maya, mailbox)) == ["do_not_pitch"]
    assert codes(ask(maya, mailbox, purpose=MailPurpose.FOLLOW_UP)) == ["do_not_pitch"]
    assert ask(maya, mailbox, purpose=MailPurpose.REPLY).allowed


def test_nobody_is_contacted_twice(maya, mailbox, brand, manager, policy):
    another = mailbox_of(brand, address="bo@acme.example")
    sent = mail(maya, another, at=MONDAY - 10 * DAY, author=manager)
    verdict = ask(maya, mailbox)
    assert codes(verdict) == ["recently_contacted"]
    assert verdict.words == (
        "manager wrote to Maya Lindholm on 13 November. Nobody else writes within 30 days; "
        "answer in that conversation instead."
    )
    assert verdict.retry_at == sent.at + 30 * DAY
    assert ask(maya, mailbox, at=sent.at + 31 * DAY).allowed
    # In the conversation itself the next mail may go.
    follow_up = mail(
        maya, another, at=MONDAY, status=MailStatus.DRAFT, thread=sent.thread, sent_at=None
    )
    assert ask(maya, another, purpose=MailPurpose.FOLLOW_UP, message=follow_up).allowed


def test_what_never_left_is_no_contact(maya, mailbox):
    mail(maya, mailbox, at=MONDAY - DAY, status=MailStatus.REFUSED, sent_at=None)
    assert ask(maya, mailbox).allowed


def test_who_waits_for_an_answer_is_answered_not_nudged(maya, mailbox):
    sent = mail(maya, mailbox, at=MONDAY - 40 * DAY)
    sent.thread.reply_waiting_since = MONDAY - 2 * DAY
    sent.thread.save()
    assert codes(ask(maya, mailbox)) == ["reply_waits"]
    assert ask(maya, mailbox, purpose=MailPurpose.REPLY).allowed


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        # Monday, before nine in Copenhagen, which is eight in UTC.
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC)),
        # Friday evening.
        (datetime(2026, 11, 27, 20, 0, tzinfo=UTC), datetime(2026, 11, 30, 8, tzinfo=UTC)),
        # The clocks change on the last Sunday of March.
        (datetime(2027, 3, 26, 20, 0, tzinfo=UTC), datetime(2027, 3, 29, 7, tzinfo=UTC)),
    ],
)
def test_mail_leaves_in_working_hours_of_the_creator(maya, mailbox, at, opens):
    verdict = ask(maya, mailbox, at=at)
    assert codes(verdict) == ["outside_window"]
    assert verdict.retry_at == opens
    assert ask(maya, mailbox, at=opens).allowed
    assert ask(maya, mailbox, at=at, purpose=MailPurpose.REPLY).allowed


def test_days_off_and_hours_are_the_brands(maya, mailbox, policy):
    policy.days_off = [date(2026, 11, 23)]
    policy.window_from, policy.weekdays = time(7), "127"
    policy.save()
    assert ask(maya, mailbox).retry_at == datetime(2026, 11, 24, 6, tzinfo=UTC)


def test_the_zone_says_where_it_is_from(brand, mailbox):
    brand.timezone = "Europe/Copenhagen"
    brand.save()
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    of_spain = known_creator(brand, name="Pau Riba", address="pau@example.com", country="ES")
    verdict = ask(of_spain, mailbox, to="pau@example.com", at=noon)
    assert verdict.notes == (
        "Hours go by your brand's time zone, Europe/Copenhagen, since Spain has several times.",
    )
    of_spain.creator.timezone = "Pacific/Auckland"
    verdict = ask(of_spain, mailbox, to="pau@example.com", at=noon)
    assert codes(verdict) == ["outside_window"]
    assert "by the creator's time zone, Pacific/Auckland" in verdict.words


def test_caps_end_with_the_brands_day(maya, mailbox, brand):
    brand.timezone = "America/New_York"
    brand.save()
    other = known_creator(brand, name="Bo Berg", address="bo@example.com")
    # Three in the morning and five in New York; the first was still yesterday's.
    mail(other, mailbox, at=datetime(2026, 11, 23, 4, 59, tzinfo=UTC))
    mail(other, mailbox, at=datetime(2026, 11, 23, 5, 1, tzinfo=UTC))
    mailbox.daily_new_cap = 2
    assert ask(maya, mailbox).allowed
    mailbox.daily_new_cap = 1
    verdict = ask(maya, mailbox)
    assert codes(verdict) == ["new_contacts_cap"]
    assert verdict.retry_at == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert ask(maya, mailbox, purpose=MailPurpose.FOLLOW_UP).allowed
    mailbox.daily_cap = 1
    assert codes(ask(maya, mailbox, purpose=MailPurpose.FOLLOW_UP)) == ["daily_cap"]
    assert codes(ask(maya, mailbox, purpose=MailPurpose.REPLY)) == ["daily_cap"]


@pytest.mark.parametrize(
    ("country", "basis", "allowed"),
    [
        ("US", "", True),
        ("FR", "", True),
        ("DE", "", False),
        ("DE", LawfulBasis.LEGITIMATE_INTEREST, False),
        ("DE", LawfulBasis.CONSENT, True),
        ("DE", LawfulBasis.CONTRACT, True),
        ("GB", "", False),
        ("AU", "", False),
        ("CA", "", False),
        ("DK", "", True),
        ("", "", True),
    ],
)
def test_countries_ask_for_a_basis(brand, mailbox, policy, country, basis, allowed):
    policy.weekdays, policy.window_from, policy.window_until = "1234567", time(0), time(23, 59)
    policy.save()
    creator = known_creator(brand, country=country)
    ContactPoint.objects.update(basis=basis)
    verdict = ask(creator, mailbox)
    assert codes(verdict) == ([] if allowed else ["no_lawful_basis"])


def test_the_refusal_names_the_law(brand, mailbox):
    maya = known_creator(brand, country="DE")
    assert ask(maya, mailbox).words == (
        "In Germany, UWG section 7 asks for consent beforehand, from companies too. Note the "
        "consent with the address, or write to the creator another way."
    )


def test_a_careful_brand_asks_for_consent_where_no_rule_is_on_file(brand, mailbox, policy):
    policy.needs_consent_where_unknown = True
    policy.save()
    assert codes(ask(known_creator(brand), mailbox)) == ["no_lawful_basis"]


def test_in_the_united_kingdom_an_agency_is_a_company(brand, mailbox):
    maya = known_creator(brand, country="GB")
    agent = Agent.objects.create(brand=brand, name="Jo", emails=["jo@agency.example"])
    Representation.objects.create(agent=agent, creator=maya.creator)
    assert ask(maya, mailbox, to="jo@agency.example").allowed
    assert not ask(maya, mailbox).allowed


def test_in_canada_work_together_counts_for_two_years(brand, mailbox, policy):
    policy.window_until = time(23, 59)
    policy.save()
    maya = known_creator(brand, country="CA", stage=Stage.CORE, since=MONDAY - 900 * DAY)
    assert ask(maya, mailbox).allowed
    stay = maya.stage_changes.get()
    stay.left_at = MONDAY - 729 * DAY
    stay.save()
    assert ask(maya, mailbox).allowed
    stay.left_at = MONDAY - 740 * DAY
    stay.save()
    assert codes(ask(maya, mailbox)) == ["no_lawful_basis"]
    mail(maya, mailbox, at=MONDAY - 150 * DAY, direction=MailDirection.IN)
    assert ask(maya, mailbox).allowed

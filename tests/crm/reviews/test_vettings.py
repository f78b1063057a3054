"""Two blind reviews: the median, or a third person; who may, who may not; what rules read of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.choices import FieldType, ResultBasis, ReviewStatus, Source, VettingStatus
from crm.models import (
    Answer,
    AuditEntry,
    CustomField,
    FactChange,
    FieldValue,
    Notification,
    Review,
    Vetting,
    VettingResult,
)
from crm.permissions import CAPABILITIES, Can
from crm.services.fields import archive_field, define_field
from crm.services.reviews import vettings, writing
from crm.services.reviews.answers import Given
from crm.services.reviews.people import REVIEWING, ReviewRefused, may_be_asked
from tests.crm.reviews.world import LATER, ask, decide, publish, review_of, said, write
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(brand, strategist):
    return publish(brand, strategist)


@pytest.fixture
def ida(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


@pytest.fixture
def vetting(form, ida, manager, analyst, strategist):
    return ask(ida, manager, analyst, strategist, reason="For spring")


def found(vetting):
    return {
        one.criterion.key: (one.words, one.basis)
        for one in VettingResult.objects.filter(vetting=vetting).select_related("criterion")
    }


def held(brand, key):
    return FieldValue.objects.get(field__brand=brand, field__key=key)


def test_two_who_nearly_agree_settle_it(brand, vetting, analyst, strategist, manager):
    write(vetting, analyst, said(4, 3, 1, "work_with"))
    vetting.refresh_from_db()
    assert (vetting.status, vetting.all_in_at) == (VettingStatus.OPEN, None)
    assert not VettingResult.objects.exists()
    assert not FieldValue.objects.exists()
    write(vetting, strategist, said(4, 4, None, "work_with"))
    vetting.refresh_from_db()
    assert (vetting.status, vetting.all_in_at, vetting.settled_at) == (
        VettingStatus.SETTLED,
        LATER,
        LATER,
    )
    assert vetting.settled_by is None
    assert found(vetting) == {
        "tone": ("4", ResultBasis.AGREED),
        "story": ("3.5", ResultBasis.MEDIAN),
        "risk": ("1", ResultBasis.ONE_OF_TWO),
        "verdict": ("Work with them", ResultBasis.AGREED),
    }
    story = held(brand, "review_story")
    assert (story.number, story.source, story.creator_id) == (
        3.5,
        Source.MANUAL,
        vetting.relationship.creator_id,
    )
    assert story.note == f"Vetting {vetting.pk}, version 1 of the review form"
    assert held(brand, "review_verdict").text == "work_with"
    assert held(brand, "vetted_on").day == date(2026, 11, 22)
    assert FactChange.objects.filter(brand=brand, cause="field").exists()
    assert Notification.objects.filter(user=manager).get().text == "Ida Holm is vetted"


def test_two_who_differ_leave_it_to_a_third(brand, vetting, analyst, strategist, admin_user):
    write(vetting, analyst, said(5, 3, 2, "work_with"), "Warm.")
    write(vetting, strategist, said(3, 3, 2, "not_now"), "Cold.")
    vetting.refresh_from_db()
    assert (vetting.status, vetting.all_in_at, vetting.settled_at) == (
        VettingStatus.DISPUTED,
        LATER,
        None,
    )
    assert not VettingResult.objects.exists()
    assert not FieldValue.objects.exists()
    decide(vetting, admin_user, tone=Given(score=4), verdict=Given(choice="with_conditions"))
    vetting.refresh_from_db()
    assert (vetting.status, vetting.settled_by) == (VettingStatus.SETTLED, admin_user)
    assert found(vetting) == {
        "tone": ("4", ResultBasis.ADJUDICATED),
        "story": ("3", ResultBasis.AGREED),
        "risk": ("2", ResultBasis.AGREED),
        "verdict": ("Only with conditions", ResultBasis.ADJUDICATED),
    }
    third = review_of(vetting, admin_user)
    assert (third.is_adjudication, third.comment, third.answers.count()) == (
        True,
        "Looked again.",
        2,
    )
    assert held(brand, "review_tone").number == 4.0


@pytest.mark.parametrize(("limit", "status"), [(2, "settled"), (1, "disputed")])
def test_from_when_on_they_differ_is_the_form_s(
    brand, ida, strategist, analyst, admin_user, manager, limit, status
):
    publish(brand, strategist, dispute_from=limit)
    vetting = ask(ida, manager, analyst, strategist)
    write(vetting, analyst, said(4, 3, 1, "never"))
    write(vetting, strategist, said(3, 3, 1, "never"))
    vetting.refresh_from_db()
    assert vetting.status == status


def test_nobody_could_say_leaves_the_fact_as_it_was(brand, ida, strategist, analyst, manager):
    publish(brand, strategist, reviewers=1)
    write(ask(ida, manager, analyst), analyst, said(2, 3, 1, "never"))
    second = ask(ida, manager, analyst)
    write(second, analyst, said(None, 4, 1, None))
    assert found(second)["tone"] == ("nobody could say", ResultBasis.UNKNOWN)
    assert found(second)["story"] == ("4", ResultBasis.SINGLE)
    assert held(brand, "review_tone").number == 2.0
    assert VettingResult.objects.get(vetting=second, criterion__key="story").score == Decimal(4)


def test_a_field_that_was_archived_keeps_nobody_from_settling(
    brand, ida, strategist, analyst, manager
):
    publish(brand, strategist, reviewers=1)
    field = CustomField.objects.get(brand=brand, key="review_tone")
    archive_field(field_id=field.pk, at=NOW, actor=strategist)
    vetting = ask(ida, manager, analyst)
    write(vetting, analyst, said(2, 3, 1, "never"))
    assert found(vetting)["tone"] == ("2", ResultBasis.SINGLE)
    assert not FieldValue.objects.filter(field=field).exists()
    assert held(brand, "review_story").number == 3.0


class TestAsking:
    def test_without_a_form(self, ida, manager, analyst):
        with pytest.raises(ReviewRefused, match="no review form yet") as refusal:
            ask(ida, manager, analyst)
        assert refusal.value.code == "no_form"
        assert not Vetting.objects.exists()

    def test_one_at_a_time(self, vetting, ida, manager, analyst, strategist):
        with pytest.raises(ReviewRefused, match="open already"):
            ask(ida, manager, analyst, strategist)
        assert Vetting.objects.count() == 1

    def test_two_different_people(self, form, ida, manager, analyst, strategist):
        for people in ([analyst], [analyst, analyst], [analyst, strategist, manager]):
            with pytest.raises(ReviewRefused, match="two different people"):
                ask(ida, manager, *people)
        assert not Vetting.objects.exists()

    def test_who_asks_does_not_review(self, form, brand, ida, manager, analyst, strategist):
        with pytest.raises(ReviewRefused, match="manager cannot review"):
            ask(ida, manager, manager, analyst)
        assert not Vetting.objects.exists()
        publish(brand, strategist, requester_may_review=True)
        assert ask(ida, manager, manager, analyst).reviews.count() == 2

    def test_legal_and_strangers_do_not_review(self, form, ida, manager, analyst, legal, outsider):
        for user in (legal, outsider):
            with pytest.raises(ReviewRefused, match="cannot review"):
                ask(ida, manager, analyst, user)
        assert not Vetting.objects.exists()

    def test_by_a_day_that_is_to_come(self, form, ida, manager, analyst, strategist):
        for day in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=400)):
            with pytest.raises(ReviewRefused, match="within a year") as refusal:
                ask(ida, manager, analyst, strategist, due_on=day)
            assert refusal.value.field == "due_on"
        assert ask(ida, manager, analyst, strategist).due_on == date(2026, 11, 29)

    def test_reviewers_are_told(self, vetting, analyst, strategist):
        told = Notification.objects.order_by("user__email")
        assert [one.user for one in told] == [analyst, strategist]
        assert told[0].text == "manager asks for your review of Ida Holm"
        assert told[0].url == f"/acme/reviews/vettings/{vetting.pk}/"

    def test_who_may_be_asked_is_who_has_the_capability(self, form, brand, outsider, legal):
        assert {role for role, can in CAPABILITIES.items() if Can.REVIEW in can} == REVIEWING
        assert set(may_be_asked(brand, form, None)) & {outsider, legal} == set()


class TestWriting:
    def test_all_that_is_asked_is_answered(self, vetting, analyst):
        answers = said(4, 3, 1, "never") | {"story": Given()}
        with pytest.raises(ReviewRefused, match="Story: choose one") as refusal:
            write(vetting, analyst, answers)
        assert refusal.value.field == "answers/story"
        assert not Answer.objects.exists()
        assert review_of(vetting, analyst).status == ReviewStatus.WAITING

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"risk": Given(score=1)}, "Risk: say what shows it"),
            ({"tone": Given(score=6)}, "a score is one of 1, 2, 3, 4, 5"),
            ({"tone": Given(choice="never")}, "a score is one of 1, 2, 3, 4, 5"),
            ({"verdict": Given(choice="maybe")}, "the answer is one of work_with"),
            ({"verdict": Given(score=3)}, "the answer is one of work_with"),
            ({"tone": Given(score=3, cannot_say=True)}, "give one answer only"),
            ({"charm": Given(score=3)}, "“charm” is not asked here"),
            ({"tone": Given(score=3, evidence="x" * 1_001)}, "1,001 characters"),
        ],
    )
    def test_answers_that_are_none(self, vetting, analyst, given, words):
        with pytest.raises(ReviewRefused, match=words):
            write(vetting, analyst, said(4, 3, 1, "never") | given)
        assert not Answer.objects.exists()
        assert review_of(vetting, analyst).version == 1

    def test_a_draft_has_what_is_there_so_far(self, vetting, analyst):
        write(vetting, analyst, {"tone": Given(score=3)}, "So far", is_final=False)
        draft = write(vetting, analyst, {"story": Given(score=2)}, is_final=False)
        assert [(one.criterion.key, one.score) for one in draft.answers.all()] == [("story", 2)]
        assert (draft.status, draft.version, draft.comment) == (ReviewStatus.WAITING, 3, "")

    def test_an_old_page_overwrites_nothing(self, vetting, analyst):
        write(vetting, analyst, {"tone": Given(score=3)}, is_final=False)
        with pytest.raises(ReviewRefused, match="another window") as refusal:
            write(vetting, analyst, said(1, 1, 1, "never"), version=1)
        assert refusal.value.code == "outdated"
        assert Answer.objects.get().score == 3

    def test_handed_in_it_stays(self, vetting, analyst):
        write(vetting, analyst, said(4, 3, 1, "never"))
        with pytest.raises(ReviewRefused, match="closed: handed in"):
            write(vetting, analyst, said(1, 1, 1, "never"))
        assert Answer.objects.get(criterion__key="tone").score == 4

    def test_nobody_else_writes_it(self, vetting, analyst, admin_user, brand, other_brand):
        review = review_of(vetting, analyst)
        common = {"answers": {}, "comment": "", "at": LATER, "expected_version": 1}
        with pytest.raises(ReviewRefused, match="somebody else's"):
            writing.save_review(review_id=review.pk, brand=brand, actor=admin_user, **common)
        with pytest.raises(Review.DoesNotExist):
            writing.save_review(review_id=review.pk, brand=other_brand, actor=analyst, **common)


class TestDeclining:
    def decline(self, vetting, user, why="I know her"):
        return writing.decline_review(
            review_id=review_of(vetting, user).pk,
            brand=vetting.brand,
            actor=user,
            at=LATER,
            why=why,
        )

    def test_it_takes_a_reason(self, vetting, analyst):
        with pytest.raises(ReviewRefused, match="Say why"):
            self.decline(vetting, analyst, " ")
        assert review_of(vetting, analyst).status == ReviewStatus.WAITING

    def test_the_draft_goes_and_somebody_else_is_asked(
        self, vetting, brand, analyst, manager, admin_user, strategist
    ):
        write(vetting, analyst, {"tone": Given(score=3)}, "So far", is_final=False)
        declined = self.decline(vetting, analyst)
        assert (declined.status, declined.comment) == (ReviewStatus.DECLINED, "")
        assert not Answer.objects.exists()
        told = Notification.objects.get(user=manager)
        assert told.text == "analyst cannot review Ida Holm: ask somebody else"
        common = {"vetting_id": vetting.pk, "brand": brand, "actor": manager, "at": LATER}
        for user, words in ((analyst, "asked for this one before"), (manager, "cannot review")):
            with pytest.raises(ReviewRefused, match=words):
                vettings.assign_review(reviewer=user, **common)
        vettings.assign_review(reviewer=admin_user, **common)
        with pytest.raises(ReviewRefused, match="asked for this one before"):
            vettings.assign_review(reviewer=strategist, **common)
        write(vetting, admin_user, said(4, 3, 1, "never"))
        write(vetting, strategist, said(4, 3, 1, "never"))
        vetting.refresh_from_db()
        assert vetting.status == VettingStatus.SETTLED

    def test_one_that_waits_is_given_to_somebody_else(
        self, vetting, brand, analyst, strategist, admin_user, manager
    ):
        write(vetting, analyst, {"tone": Given(score=3)}, "So far", is_final=False)
        review = review_of(vetting, analyst)
        common = {"vetting_id": vetting.pk, "brand": brand, "actor": manager, "at": LATER}
        with pytest.raises(ReviewRefused, match="Everybody who is needed was asked"):
            vettings.assign_review(reviewer=admin_user, **common)
        vettings.assign_review(reviewer=admin_user, instead_of=review.pk, **common)
        review.refresh_from_db()
        assert (review.status, review.comment) == (ReviewStatus.RELEASED, "")
        assert not Answer.objects.exists()
        with pytest.raises(ReviewRefused, match="closed: given to somebody else"):
            write(vetting, analyst, {})


class TestDeciding:
    @pytest.fixture
    def disputed(self, vetting, analyst, strategist):
        write(vetting, analyst, said(5, 3, 2, "never"))
        write(vetting, strategist, said(1, 3, 2, "never"))
        vetting.refresh_from_db()
        return vetting

    @pytest.mark.parametrize(
        ("who", "words"),
        [
            ("analyst", "asked for a review of this creator"),
            ("manager", "You asked for this vetting"),
            ("legal", "Your role does not review"),
            ("outsider", "Your role does not review"),
        ],
    )
    def test_not_by_who_has_a_part_in_it(self, disputed, who, words, request):
        with pytest.raises(ReviewRefused, match=words):
            decide(disputed, request.getfixturevalue(who), tone=Given(score=3))
        self.assert_untouched(disputed)

    def test_only_what_they_differ_about_and_with_reasons(self, disputed, admin_user):
        for comment, answers, words in (
            ("Why", {"tone": Given(score=3), "story": Given(score=3)}, "“story” is not asked here"),
            ("Why", {}, "Tone: choose one"),
            ("Why", {"tone": Given(cannot_say=True)}, "You decide"),
            (" ", {"tone": Given(score=3)}, "Say why"),
        ):
            with pytest.raises(ReviewRefused, match=words):
                decide(disputed, admin_user, comment, **answers)
        self.assert_untouched(disputed)

    def test_once(self, disputed, admin_user, brand, manager):
        decide(disputed, admin_user, tone=Given(score=3))
        with pytest.raises(ReviewRefused, match="nothing to decide"):
            decide(disputed, admin_user, tone=Given(score=4))
        assert found(disputed)["tone"] == ("3", ResultBasis.ADJUDICATED)

    def assert_untouched(self, disputed):
        disputed.refresh_from_db()
        assert disputed.status == VettingStatus.DISPUTED
        assert Review.objects.filter(vetting=disputed).count() == 2
        assert not VettingResult.objects.exists()


class TestWithdrawing:
    def withdraw(self, vetting, user, why="Not needed"):
        return vettings.withdraw_vetting(
            vetting_id=vetting.pk, brand=vetting.brand, actor=user, at=LATER, why=why
        )

    def test_by_who_asked_or_an_admin(self, vetting, analyst, manager):
        with pytest.raises(ReviewRefused, match="Only who asked"):
            self.withdraw(vetting, analyst)
        with pytest.raises(ReviewRefused, match="Say why"):
            self.withdraw(vetting, manager, "")
        gone = self.withdraw(vetting, manager)
        assert (gone.status, gone.why_withdrawn, gone.settled_by) == (
            VettingStatus.WITHDRAWN,
            "Not needed",
            manager,
        )
        with pytest.raises(ReviewRefused, match="was withdrawn: Not needed"):
            write(vetting, analyst, said(4, 3, 1, "never"))
        with pytest.raises(ReviewRefused, match="withdrawn already"):
            self.withdraw(vetting, manager)

    def test_then_another_can_be_asked_for(self, vetting, ida, manager, admin_user, analyst):
        self.withdraw(vetting, admin_user)
        assert ask(ida, manager, analyst, admin_user).pk != vetting.pk


def test_the_ledger_has_ids_and_counts_only(brand, vetting, analyst, strategist, admin_user):
    write(vetting, analyst, said(5, 3, 2, "never"), "Secret words")
    write(vetting, strategist, said(1, 3, 2, "never"))
    decide(vetting, admin_user, "Other words", tone=Given(score=3))
    entries = AuditEntry.objects.filter(verb__startswith="crm.vetting").order_by("number")
    assert [(one.verb.removeprefix("crm.vetting."), one.data) for one in entries] == [
        ("asked", {"vetting": vetting.pk, "form": 1, "reviews": 2}),
        ("reviewed", {"vetting": vetting.pk, "review": review_of(vetting, analyst).pk}),
        ("reviewed", {"vetting": vetting.pk, "review": review_of(vetting, strategist).pk}),
        ("disputed", {"vetting": vetting.pk, "criteria": 1}),
        ("settled", {"vetting": vetting.pk, "form": 1, "is_adjudicated": True}),
    ]


def test_a_field_of_the_brand_s_own_is_left_alone(brand, ida, strategist, analyst, manager):
    define_field(
        brand=brand, label="Since", key="vetted_on", type=FieldType.TEXT, at=NOW, actor=strategist
    )
    publish(brand, strategist, reviewers=1)
    vetting = ask(ida, manager, analyst)
    write(vetting, analyst, said(2, 3, 1, "never"))
    assert found(vetting)["tone"] == ("2", ResultBasis.SINGLE)
    assert not FieldValue.objects.filter(field__key="vetted_on").exists()
    assert held(brand, "review_tone").number == 2.0

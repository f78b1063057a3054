"""Accepting, refusing, asking, answers, withdrawals, undoing, and erasing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import (
    AssetOrigin,
    PermissionState,
    SubmissionState,
    Usage,
)
from campaigns.models import (
    Asset,
    AssetUse,
    Submission,
    SubmissionPage,
    SubmissionPermission,
    UsageRight,
)
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.submissions import deciding, erasing, files, receiving
from campaigns.services.submissions.deciding import Answer, Use
from crm.models import AuditEntry
from tests.campaigns.submissions.worlds import handed_in, picture
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
S = SubmissionState
TODAY = NOW.date()
YES = Answer(is_yes=True, given_by="Ida", proof="Her comment of 3 November.")


@pytest.fixture
def do(brand, manager):
    """An act by the manager at NOW."""

    def act(service, submission, **more):
        said = {"brand": brand, "actor": manager, "at": NOW} | more
        done = service(submission_id=submission.pk, **said)
        submission.refresh_from_db()
        return done

    return act


def asked_and_permitted(do, one):
    do(deciding.ask, one, use=None)
    do(deciding.answer, one, answer=YES)


def test_what_was_permitted_on_the_page_is_accepted_at_once(public, do):
    one = handed_in(public, may_use=True)
    do(deciding.accept, one)
    assert one.state == S.ACCEPTED
    asset = Asset.objects.get()
    assert one.asset == asset
    assert (asset.origin, asset.url, asset.made_by) == (
        AssetOrigin.UGC,
        "https://example.org/p/1",
        "Ida Holm",
    )
    assert asset.title == "Ida Holm: My balcony, finally green."
    right = UsageRight.objects.get()
    assert (right.asset, right.usage, right.territory, right.months) == (
        asset,
        Usage.ORGANIC,
        ["DK"],
        6,
    )
    assert right.starts_on == TODAY
    permission = SubmissionPermission.objects.get()
    assert list(permission.rights.all()) == [right]
    assert right.reference == f"Submission {one.pk}, permission {permission.pk}"


def test_nothing_is_accepted_without_a_permission(public, do):
    one = handed_in(public)
    with pytest.raises(CampaignRefused, match="Ask first"):
        do(deciding.accept, one)
    assert one.state == S.OPEN
    assert not Asset.objects.exists()


def test_asking_keeps_the_words_and_a_yes_makes_the_rights(public, do, manager):
    one = handed_in(public)
    use = Use("May we print it on a poster?", ("paid", "organic"), ("EU",))
    permission = do(deciding.ask, one, use=use)
    assert (one.state, one.decided_at) == (S.ASKED, None)
    assert (permission.text, permission.usages) == (use.text, ["organic", "paid"])
    assert len(permission.territory) == 27
    assert (permission.months, permission.asked_by) == (None, manager)
    do(deciding.answer, one, answer=YES)
    assert one.state == S.ACCEPTED
    permission.refresh_from_db()
    assert (permission.state, permission.given_by) == (PermissionState.GIVEN, "Ida")
    assert permission.proof == "Her comment of 3 November."
    assert [(right.usage, right.is_endless) for right in UsageRight.objects.order_by("usage")] == [
        ("organic", True),
        ("paid", True),
    ]
    assert {right.note for right in UsageRight.objects.all()} == {permission.proof}


def test_the_words_that_were_asked_never_change(public, do):
    do(deciding.ask, handed_in(public), use=None)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        SubmissionPermission.objects.update(text="Anything you like")


def test_a_no_refuses_it(public, do):
    one = handed_in(public)
    do(deciding.ask, one, use=None)
    do(deciding.answer, one, answer=Answer(is_yes=False, given_by="", proof="Mail of today."))
    assert (one.state, one.reason) == (S.REFUSED, "They said no.")
    permission = SubmissionPermission.objects.get()
    assert (permission.state, permission.given_by) == (PermissionState.REFUSED, "Ida Holm")
    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(True, "Ida", " "), "proof"),
        (Answer(True, "Ida", "Mail", "ftp://x"), "proof_url"),
        (Answer(True, "I" * 121, "Mail"), "given_by"),
    ],
)
def test_an_answer_can_be_shown(public, do, answer, field):
    one = handed_in(public)
    do(deciding.ask, one, use=None)
    with pytest.raises(CampaignRefused) as refusal:
        do(deciding.answer, one, answer=answer)
    assert refusal.value.field == field
    assert one.state == S.ASKED
    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    ("use", "field"),
    [
        (Use(" ", ("organic",)), "text"),
        (Use("May we?", ()), "usages"),
        (Use("May we?", ("whitelisting",)), "usages"),
        (Use("May we?", ("organic",), ("XX",)), "territory"),
        (Use("May we?", ("organic",), (), 121), "months"),
    ],
)
def test_what_is_asked_is_said_wholly(public, do, use, field):
    one = handed_in(public)
    with pytest.raises(CampaignRefused) as refusal:
        do(deciding.ask, one, use=use)
    assert refusal.value.field == field
    one.refresh_from_db()
    assert (one.state, SubmissionPermission.objects.count()) == (S.OPEN, 0)


def test_a_withdrawal_ends_the_rights_today(public, do):
    one = handed_in(public, may_use=True)
    do(deciding.accept, one)
    do(deciding.withdraw, one, reason="Mail of today")
    assert (one.state, one.reason) == (S.WITHDRAWN, "Mail of today")
    right = UsageRight.objects.get()
    assert right.revoked_on == TODAY
    assert right.revoked_reason == "Permission withdrawn: Mail of today"
    assert Asset.objects.get().archived_at == NOW
    assert SubmissionPermission.objects.get().state == PermissionState.WITHDRAWN
    with pytest.raises(CampaignRefused, match="Permission withdrawn"):
        do(deciding.undo, one)


def test_refusing_takes_a_reason_and_is_undone(public, do):
    one = handed_in(public)
    with pytest.raises(CampaignRefused, match="Say why"):
        do(deciding.refuse, one, reason=" ")
    do(deciding.refuse, one, reason="Quality")
    assert (one.state, one.reason, one.decided_at) == (S.REFUSED, "Quality", NOW)
    do(deciding.undo, one)
    assert (one.state, one.reason, one.decided_at) == (S.OPEN, "", None)


def test_undoing_takes_rights_back_and_accepting_anew_gives_them_again(public, do):
    one = handed_in(public)
    asked_and_permitted(do, one)
    do(deciding.undo, one)
    assert (one.state, one.asset) == (S.ASKED, None)
    assert UsageRight.objects.get().revoked_reason == "Accepted by mistake."
    assert Asset.objects.get().archived_at == NOW
    do(deciding.answer, one, answer=YES)
    assert one.asset == Asset.objects.get()
    assert one.asset.archived_at is None
    assert UsageRight.objects.held().count() == 1


def test_what_was_used_is_not_undone(public, do):
    one = handed_in(public, may_use=True)
    do(deciding.accept, one)
    AssetUse.objects.create(
        asset=one.asset, usage="organic", channel="shop", starts_on=TODAY, verdict="yes"
    )
    with pytest.raises(CampaignRefused, match="It was used since"):
        do(deciding.undo, one)
    assert one.state == S.ACCEPTED
    assert UsageRight.objects.held().count() == 1


def test_the_second_of_two_decisions_is_told(public, do):
    one = handed_in(public)
    do(deciding.refuse, one, reason="Quality", expected_version=1)
    with pytest.raises(CampaignOutdated, match="Somebody was quicker"):
        do(deciding.refuse, one, reason="Spam", expected_version=1)
    assert one.reason == "Quality"


STATES = {
    S.OPEN: {"accept", "refuse", "ask"},
    S.ASKED: {"refuse", "answer"},
    S.ACCEPTED: {"withdraw", "undo"},
    S.REFUSED: {"undo"},
    S.WITHDRAWN: set(),
}
ACTS = {
    "accept": (deciding.accept, {}),
    "refuse": (deciding.refuse, {"reason": "Quality"}),
    "ask": (deciding.ask, {"use": None}),
    "answer": (deciding.answer, {"answer": YES}),
    "withdraw": (deciding.withdraw, {"reason": "Mail"}),
    "undo": (deciding.undo, {}),
}


@pytest.mark.parametrize("state", list(S))
def test_every_act_from_every_state(public, do, state):
    for name, (service, more) in ACTS.items():
        sid = transaction.savepoint()
        one = handed_in(public, may_use=state == S.OPEN and name == "accept")
        if state in {S.ASKED, S.ACCEPTED, S.WITHDRAWN}:
            do(deciding.ask, one, use=None)
        if state in {S.ACCEPTED, S.WITHDRAWN}:
            do(deciding.answer, one, answer=YES)
        if state == S.WITHDRAWN:
            do(deciding.withdraw, one, reason="Mail")
        if state == S.REFUSED:
            do(deciding.refuse, one, reason="Spam")
        assert one.state == state
        entries = AuditEntry.objects.count()
        if name in STATES[state]:
            do(service, one, **more)
            assert one.state != state
        else:
            with pytest.raises(CampaignRefused):
                do(service, one, **more)
            assert one.state == state
            assert AuditEntry.objects.count() == entries
        transaction.savepoint_rollback(sid)


def test_a_file_goes_to_the_library_and_a_quote_becomes_a_text(public, do, brand):
    kept = files.keep(brand, picture())
    given = receiving.Given(
        "Ida", "ida@holm.example", receiving.words_version(public), may_use=True
    )
    one = receiving.receive(page=public, given=given, kept=kept, at=NOW)
    do(deciding.accept, one)
    assert (one.asset.sha256, one.asset.content_type) == (kept.sha256, "image/png")
    quote = handed_in(public, url="", text="It holds.", is_testimonial=True, may_use=True)
    do(deciding.accept, quote)
    assert (quote.asset.origin, quote.asset.content_type) == (
        AssetOrigin.TESTIMONIAL,
        "text/plain",
    )


def test_posts_of_creators_come_in_once(public, do, manager, brand):
    relationship = RelationshipFactory(brand=brand)
    profile = ProfileFactory(creator=relationship.creator, handle="anna")
    post = PostFactory(profile=profile, caption="All #spring", url="https://example.org/a")
    for expected in (1, 0):
        made = receiving.take_posts(campaign=public.campaign, posts=[post], actor=manager, at=NOW)
        assert len(made) == expected
    one = Submission.objects.get()
    assert (one.post, one.relationship, one.handle) == (post, relationship, "anna")
    asked_and_permitted(do, one)
    assert (one.asset.origin, one.asset.relationship, one.asset.post) == (
        AssetOrigin.POST,
        relationship,
        post,
    )
    strange = PostFactory(caption="#spring")
    with pytest.raises(CampaignRefused, match="nobody whom your brand knows"):
        receiving.take_posts(campaign=public.campaign, posts=[strange], actor=manager, at=NOW)


def test_what_is_refused_or_not_answered_is_erased_after_the_brands_days(public, do, brand):
    SubmissionPage.objects.update(keep_days=10)
    rows = {}
    for state in ("open", "asked", "refused", "accepted"):
        rows[state] = handed_in(
            public, email=f"{state}@holm.example", url=f"https://x.example/{state}"
        )
    do(deciding.ask, rows["asked"], use=None)
    do(deciding.refuse, rows["refused"], reason="Quality")
    asked_and_permitted(do, rows["accepted"])
    assert erasing.erase_due(at=NOW + timedelta(days=10)) == {}
    later = NOW + timedelta(days=10, seconds=1)
    assert erasing.erase_due(at=later, is_dry=True) == {"acme": 2}
    assert Submission.objects.count() == 4
    assert erasing.erase_due(at=later) == {"acme": 2}
    assert set(Submission.objects.values_list("email", flat=True)) == {
        "open@holm.example",
        "accepted@holm.example",
    }
    assert erasing.erase_due(at=later) == {}


def test_one_is_erased_at_once_but_not_what_gave_rights(public, do, brand, manager):
    one = handed_in(public, may_use=True)
    do(deciding.accept, one)
    with pytest.raises(CampaignRefused, match="Write down first"):
        erasing.erase(submission_id=one.pk, brand=brand, actor=manager, at=NOW)
    do(deciding.withdraw, one, reason="Mail")
    erasing.erase(submission_id=one.pk, brand=brand, actor=manager, at=NOW)
    assert not Submission.objects.exists()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.data["was"]) == ("campaigns.submission.erased", "withdrawn")

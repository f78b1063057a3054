"""What becomes of applications: creators, refusals, and the way back."""

from __future__ import annotations

import pytest
from django.utils import timezone

from crm.choices import (
    ApplicationStatus,
    ContactPurpose,
    LawfulBasis,
    Source,
    Stage,
    SuppressionOrigin,
    SuppressionReason,
)
from crm.models import (
    Application,
    AuditEntry,
    ContactPoint,
    Creator,
    CreatorNiche,
    MetricSnapshot,
    Note,
    Profile,
    Relationship,
    StageChange,
)
from crm.permissions import CAPABILITIES, Can
from crm.services.applications.deciding import (
    DecisionRefused,
    accept,
    decline,
    mark_spam,
    take_up,
    undo,
)
from crm.services.applications.matching import known
from crm.services.applications.telling import ROLES
from crm.services.merge import merge
from crm.services.outreach.suppressions import suppress_address
from crm.timeline import timeline
from segmentation.services.outbox import drain
from tests.crm.applications.worlds import applied
from tests.factories import (
    NOW,
    ContactPointFactory,
    NicheFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(brand):
    return applied(brand)


def deciding(application, manager, **more):
    given = {"application_id": application.pk, "brand": application.brand}
    return given | {"actor": manager, "at": NOW} | more


def known_as(brand, name, handle="", email="", country=""):
    """A creator of the brand."""
    row = RelationshipFactory(brand=brand, creator__name=name, creator__country=country)
    if handle:
        ProfileFactory(creator=row.creator, handle=handle)
    if email:
        ContactPointFactory(brand=brand, creator=row.creator, value=email)
    return row


def test_the_team_that_is_told_is_the_one_that_may_triage():
    assert set(ROLES) == {role for role, held in CAPABILITIES.items() if Can.TRIAGE in held}


def test_who_is_accepted_is_a_prospect_with_what_they_gave(ida, manager):
    NicheFactory(label="ceramics")
    made = accept(**deciding(ida, manager))
    ida.refresh_from_db()
    assert (ida.status, ida.decided_by, ida.decided_at, ida.version) == (
        ApplicationStatus.ACCEPTED,
        manager,
        NOW,
        2,
    )
    relationship = ida.relationship
    assert relationship == made.relationship
    assert (relationship.stage, relationship.brand, relationship.owner) == (
        Stage.PROSPECT,
        ida.brand,
        manager,
    )
    creator = relationship.creator
    assert (creator.name, creator.country) == ("Ida Holm", "DK")
    profile = creator.profiles.get()
    assert (profile.platform_id, profile.handle, profile.followers, profile.metrics_source) == (
        "instagram",
        "ida.holm",
        12_000,
        Source.MANUAL,
    )
    assert creator.metrics.followers == 12_000
    contact = ContactPoint.objects.get()
    assert (contact.value, contact.creator, contact.purpose, contact.basis) == (
        "ida@holm.example",
        creator,
        ContactPurpose.COLLABORATION,
        LawfulBasis.CONSENT,
    )
    assert (contact.found_in, contact.given_by) == ("application of 22 Nov 2026", "the creator")
    assert list(creator.niches.values_list("label", flat=True)) == ["ceramics"]
    entry = AuditEntry.objects.get(verb="crm.application.accepted")
    assert (entry.actor, entry.target_label) == (manager, f"application {ida.pk}")
    assert "holm" not in str(entry.data)
    titles = [event.title for event in timeline(relationship).items]
    assert f"Applied, accepted by {manager.display_name}" in titles


def test_it_is_decided_once(ida, manager):
    decline(**deciding(ida, manager, reason="No capacity"))
    for decide in (accept, mark_spam):
        with pytest.raises(DecisionRefused, match="decided already: declined by manager"):
            decide(**deciding(ida, manager))
    assert not Creator.objects.exists()


def test_a_decision_on_an_old_page_is_refused(ida, manager):
    decline(**deciding(ida, manager, reason="No capacity", expected_version=1))
    with pytest.raises(DecisionRefused, match="Somebody was quicker") as refusal:
        mark_spam(**deciding(ida, manager, expected_version=1))
    assert refusal.value.code == "outdated"


def test_no_without_a_reason_is_no_decision(ida, manager):
    with pytest.raises(DecisionRefused, match="Say why"):
        decline(**deciding(ida, manager, reason="  "))
    ida.refresh_from_db()
    assert (ida.status, ida.version) == (ApplicationStatus.OPEN, 1)


def test_who_has_the_account_already_gets_the_rest(brand, ida, manager):
    there = known_as(brand, "Ida H.", handle="ida.holm")
    with pytest.raises(DecisionRefused, match=r"Ida H\. has one of these accounts") as refusal:
        accept(**deciding(ida, manager))
    assert refusal.value.code == "known"
    assert Creator.objects.count() == 1
    accept(**deciding(ida, manager, relationship=there))
    ida.refresh_from_db()
    assert ida.relationship == there
    assert ContactPoint.objects.get().creator == there.creator
    assert Profile.objects.count() == Relationship.objects.count() == 1


def test_an_address_belongs_to_one_creator(brand, ida, manager):
    known_as(brand, "Ida H.", email="ida@holm.example")
    other = known_as(brand, "Somebody")
    for target in (None, other):
        with pytest.raises(DecisionRefused, match=r"belongs to Ida H\."):
            accept(**deciding(ida, manager, relationship=target))
    ida.refresh_from_db()
    assert ida.status == ApplicationStatus.OPEN
    assert (Creator.objects.count(), Profile.objects.count()) == (2, 0)


def test_a_creator_of_another_brand_is_the_same_person(brand, other_brand, ida, manager):
    theirs = known_as(other_brand, "Ida of Other", handle="ida.holm", email="ida@holm.example")
    assert known(brand, [ida], NOW)[ida.pk].matches == []
    made = accept(**deciding(ida, manager))
    assert made.relationship.creator == theirs.creator
    assert made.ids.keys() == {"relationship", "version", "contact"}
    undo(**deciding(ida, manager))
    assert Relationship.objects.get() == theirs
    assert ContactPoint.objects.get().brand == other_brand


def test_accounts_of_others_are_left_out(brand, manager):
    mia = applied(brand, "Mia", (("instagram", "mia"), ("tiktok", "shop")))
    ProfileFactory(handle="shop", platform_id="tiktok", creator__name="The shop")
    target = known_as(brand, "Mia M.")
    made = accept(**deciding(mia, manager, relationship=target))
    assert [account.handle for account in made.left_out] == ["shop"]
    assert list(target.creator.profiles.values_list("handle", flat=True)) == ["mia"]


def test_whom_they_may_be_is_told_with_reasons(brand, other_brand, ida, django_assert_num_queries):
    account = known_as(brand, "Ida H.", handle="ida.holm", email="ida@holm.example")
    namesake = known_as(brand, "ida holm", country="DK")
    known_as(brand, "Ida Holm", country="SE")
    many = [known_as(brand, "Ida Holm").creator for _number in range(4)]
    known_as(other_brand, "Ida Holm", country="DK")
    former = known_as(brand, "Before", handle="ida.holm.dk")
    Profile.objects.filter(handle="ida.holm").update(handle="moved")
    Profile.objects.filter(handle="ida.holm.dk").update(handle="ida.holm")
    earlier = applied(
        brand, status=ApplicationStatus.DECLINED, decided_at=NOW, reason="Not yet", version=2
    )
    suppress_address(
        brand=brand,
        address="mia@holm.example",
        reason=SuppressionReason.BY_HAND,
        origin=SuppressionOrigin.PERSON,
        at=NOW,
    )
    mia = applied(brand, "Mia", (("tiktok", "mia"),))
    rows = list(Application.objects.filter(pk__in=[ida.pk, mia.pk]).with_details())
    with django_assert_num_queries(11):
        found = known(brand, rows, NOW)
    assert {match.stage for match in found[ida.pk].matches} == {"Prospect"}
    told = {match.creator: (match.is_sure, match.reasons) for match in found[ida.pk].matches}
    assert told == {
        account.creator: (
            True,
            ["had this handle before: Instagram ida.holm", "has this e-mail address"],
        ),
        former.creator: (True, ["has this account: Instagram ida.holm"]),
        namesake.creator: (False, ["has the same name and country"]),
        **{creator: (False, ["has the same name"]) for creator in many[:3]},
    }
    assert found[ida.pk].others == [earlier]
    assert not found[ida.pk].is_suppressed
    assert (found[mia.pk].matches, found[mia.pk].is_suppressed) == ([], True)


@pytest.mark.parametrize("status", [ApplicationStatus.DECLINED, ApplicationStatus.SPAM])
def test_a_no_is_taken_back(ida, manager, status):
    if status == ApplicationStatus.SPAM:
        mark_spam(**deciding(ida, manager))
    else:
        decline(**deciding(ida, manager, reason="No capacity"))
    undo(**deciding(ida, manager))
    ida.refresh_from_db()
    assert (ida.status, ida.reason, ida.decided_at, ida.version) == (
        ApplicationStatus.OPEN,
        "",
        None,
        3,
    )
    with pytest.raises(DecisionRefused, match="not decided yet"):
        undo(**deciding(ida, manager))


def test_who_applied_again_waits_once(brand, ida, manager):
    decline(**deciding(ida, manager, reason="No capacity"))
    applied(brand)
    with pytest.raises(DecisionRefused, match="applied again since"):
        undo(**deciding(ida, manager))
    ida.refresh_from_db()
    assert (ida.status, ida.reason) == (ApplicationStatus.DECLINED, "No capacity")


def test_a_yes_is_taken_back_and_leaves_nothing(ida, manager):
    NicheFactory(label="Ceramics")
    accept(**deciding(ida, manager))
    drain(at=NOW)
    undo(**deciding(ida, manager))
    for model in (Creator, Profile, ContactPoint, Relationship, StageChange, CreatorNiche):
        assert not model.objects.exists(), model
    assert not MetricSnapshot.objects.exists()
    ida.refresh_from_db()
    assert (ida.status, ida.relationship, ida.made) == (ApplicationStatus.OPEN, None, {})
    accept(**deciding(ida, manager))
    assert Creator.objects.get().name == "Ida Holm"


def test_a_yes_to_a_known_creator_takes_back_only_what_came_with_it(brand, ida, manager):
    there = known_as(brand, "Ida H.", handle="idaholm")
    accept(**deciding(ida, manager, relationship=there))
    assert there.creator.profiles.count() == 2
    Note.objects.create(relationship=there, text="Nice pots.", created_at=NOW)
    undo(**deciding(ida, manager))
    assert list(there.creator.profiles.values_list("handle", flat=True)) == ["idaholm"]
    assert not ContactPoint.objects.exists()
    assert Note.objects.count() == Relationship.objects.count() == 1


def test_what_somebody_has_built_on_stays(ida, manager):
    made = accept(**deciding(ida, manager))
    Note.objects.create(relationship=made.relationship, text="Met her.", created_at=NOW)
    Relationship.objects.update(version=3)
    with pytest.raises(DecisionRefused) as refusal:
        undo(**deciding(ida, manager))
    assert str(refusal.value) == (
        "Ida Holm has got more since: Changes of stage, owner or next step, Notes. Move them to "
        "“Declined” on the board instead, or take that out first."
    )
    assert refusal.value.code == "built_on"
    ida.refresh_from_db()
    assert (ida.status, ida.relationship, ida.version) == (
        ApplicationStatus.ACCEPTED,
        made.relationship,
        2,
    )
    assert Profile.objects.count() == ContactPoint.objects.count() == 1


def test_another_application_of_the_same_creator_holds_it(brand, ida, manager):
    made = accept(**deciding(ida, manager))
    again = applied(brand)
    accept(**deciding(again, manager, relationship=made.relationship))
    with pytest.raises(DecisionRefused, match="Applications"):
        undo(**deciding(ida, manager))
    assert Application.objects.filter(status=ApplicationStatus.ACCEPTED).count() == 2


def test_who_was_merged_since_stays(brand, ida, manager):
    made = accept(**deciding(ida, manager))
    kept = known_as(brand, "Ida H.")
    merge(
        kept_id=kept.creator_id,
        gone_id=made.relationship.creator_id,
        brand=brand,
        choices={},
        actor=manager,
        at=timezone.now(),
        allowed=frozenset({brand.pk}),
    )
    ida.refresh_from_db()
    assert ida.relationship == kept
    with pytest.raises(DecisionRefused, match="What it was merged with"):
        undo(**deciding(ida, manager))
    assert kept.creator.profiles.count() == 1


def test_one_that_nobody_confirmed_is_taken_up_by_hand(brand, manager):
    ida = applied(brand, status=ApplicationStatus.UNCONFIRMED)
    take_up(**deciding(ida, manager))
    ida.refresh_from_db()
    assert (ida.status, ida.confirmed_at) == (ApplicationStatus.OPEN, None)
    with pytest.raises(DecisionRefused, match="in the queue or decided"):
        take_up(**deciding(ida, manager))


def test_another_brands_application_is_not_there(ida, other_brand, outsider):
    with pytest.raises(DecisionRefused) as refusal:
        accept(application_id=ida.pk, brand=other_brand, actor=outsider, at=NOW)
    assert refusal.value.code == "gone"
    ida.refresh_from_db()
    assert ida.status == ApplicationStatus.OPEN
    assert not Application.objects.visible_to(outsider).exists()

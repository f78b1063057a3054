"""Erasing a creator: nothing of the person is left anywhere, and every number is as before."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from campaigns.models import Asset, Contract, Deliverable, Engagement, Gift
from crm.audit import entries_of, first_broken_link
from crm.choices import Stage
from crm.models import (
    AuditEntry,
    ContactPoint,
    Creator,
    Erasure,
    ImportBatch,
    ImportReject,
    PostMetricSnapshot,
    PrivacyPolicy,
    Relationship,
    StageCount,
    SuppressedAddress,
)
from crm.outreach.addresses import digest
from crm.services.notes import add_note
from crm.services.privacy.erasing import erase, plan
from crm.services.privacy.refusals import PrivacyRefused
from segmentation.models import CreatorFacts, Membership
from tests.crm.imports.conftest import put
from tests.crm.imports.state import imported
from tests.crm.privacy.worlds import (
    EMAIL,
    HANDLE,
    LIST,
    MARKER,
    NAME,
    mark,
    places_of,
    somebody,
    whole_world,
)
from tests.factories import NOW, PostFactory, RelationshipFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import members, run_now

pytestmark = pytest.mark.django_db
__all__ = ("put",)
WORDS = (MARKER, "zyxmara", "quillfeather", EMAIL, HANDLE)


@pytest.fixture
def erased(legal, django_capture_on_commit_callbacks):
    """Erase, and do what waits for the commit."""

    def do(relationship: Relationship, **said: object) -> Erasure:
        with django_capture_on_commit_callbacks(execute=True):
            return erase(
                relationship_id=relationship.pk,
                **{"reason": "She asked for it.", "actor": legal, "at": NOW} | said,
            )

    return do


def test_nothing_of_a_creator_is_left_in_any_table_or_file(brand, manager, legal, put, erased):
    her = whole_world(brand, put, manager, legal)
    PrivacyPolicy.objects.create(brand=brand, contract_years=0)
    marked = mark(her.creator)
    assert len(marked) > 75
    asset = Asset.objects.get()
    place = f"drafts/{brand.pk}/{asset.sha256[:2]}/{asset.sha256}"
    default_storage.save(place, ContentFile(b"her face"))
    lists = ImportBatch.objects.get()
    lists.file.save("list.csv", ContentFile(LIST.encode()))
    before = plan(Relationship.objects.select_related("brand", "creator").get(pk=her.pk), at=NOW)

    done = erased(her)

    assert places_of(*WORDS) == []
    assert done.counts == before.counts
    assert done.counts["kept"] == {}
    assert (done.counts["gone"]["Notes"], done.counts["emptied"]["Contracts"]) == (1, 1)
    assert not default_storage.exists(place)
    lists.refresh_from_db()
    assert not lists.file
    # What numbers need is there, of nobody.
    her.refresh_from_db()
    assert (her.creator.name, her.erased_at) == (f"Erased creator {her.creator_id}", NOW)
    assert Engagement.objects.get().relationship == her
    assert Gift.objects.get().value == 120
    assert Deliverable.objects.get().post.creator == her.creator
    assert first_broken_link(entries_of(brand)) is None
    entry = AuditEntry.objects.filter(brand=brand).latest("number")
    assert (entry.verb, entry.target_label) == ("crm.creator.erased", f"erasure {done.pk}")


def test_contracts_are_kept_word_for_word_while_the_brand_has_to(
    brand, manager, legal, put, erased
):
    her = whole_world(brand, put, manager, legal)
    terms = Contract.objects.get().current.terms
    done = erased(her)
    assert done.counts["kept"]["Contracts"] == 1
    contract = Contract.objects.get()
    assert (contract.title, contract.current.terms) == ("Spring with Mira", terms)
    left = {line.partition(":")[0] for line in places_of(*WORDS)}
    assert left == {"campaigns_contractversion"}


def test_somebody_of_whom_no_number_is_needed_goes_as_a_whole(brand, manager, put, erased):
    her = somebody(brand, put, manager)
    add_note(relationship=her, text=NAME, author=manager, at=NOW)
    assert StageCount.objects.get(brand=brand, stage=Stage.PROSPECT).creators == 2
    done = erased(her)
    assert done.relationship is None
    assert places_of(*WORDS) == []
    assert not Creator.objects.filter(pk=her.creator_id).exists()
    assert StageCount.objects.get(brand=brand, stage=Stage.PROSPECT).creators == 1


def test_an_import_does_not_bring_them_back_and_says_so(brand, manager, put, erased):
    erased(somebody(brand, put, manager))
    assert set(SuppressedAddress.objects.values_list("digest", "hint")) == {
        (digest(brand.pk, EMAIL), ""),
        (digest(brand.pk, f"account instagram/{HANDLE}"), ""),
    }
    again = LIST.replace(HANDLE, "new.account") + f"{HANDLE},Other name,1,Denmark,new@example.com\n"
    batch, counts = imported(brand, put(again), actor=manager)
    assert (counts.rows, counts.creators_new, counts.rejected) == (3, 0, {"erased": 2})
    assert list(ImportReject.objects.filter(batch=batch).values_list("line", "value")) == [
        (2, ""),
        (4, ""),
    ]
    assert "asked to be erased" in ImportReject.objects.filter(batch=batch)[0].reason
    assert not Creator.objects.filter(name__in=[NAME, "Other name"]).exists()


def test_another_brand_that_knows_them_keeps_what_is_its_own(
    brand, other_brand, manager, legal, put, erased
):
    her = whole_world(brand, put, manager, legal)
    PrivacyPolicy.objects.create(brand=brand, contract_years=0)
    post = Deliverable.objects.get().post
    PostMetricSnapshot.objects.create(post=post, captured_at=NOW, likes=17)
    theirs = RelationshipFactory(brand=other_brand, creator=her.creator)
    address = ContactPoint.objects.create(
        brand=other_brand, creator=her.creator, kind="email", value="private@example.com"
    )
    erased(her)
    theirs.refresh_from_db()
    address.refresh_from_db()
    assert (theirs.creator.name, theirs.creator.profiles.get().handle) == (NAME, HANDLE)
    assert address.creator == theirs.creator
    her.refresh_from_db()
    assert her.creator != theirs.creator
    assert her.creator.name == f"Erased creator {her.creator_id}"
    copy = Deliverable.objects.get().post
    assert (copy.creator, copy.caption, copy.url) == (her.creator, "", "")
    assert list(PostMetricSnapshot.objects.filter(post=copy).values_list("likes", flat=True)) == [
        17
    ]
    left = {line.partition(":")[0] for line in places_of(*WORDS)}
    assert left <= {"crm_creator", "crm_profile", "crm_creatormetrics", "crm_post"}


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("has_papers", [False, True])
def test_past_sizes_of_segments_stay(
    brand, other_brand, manager, put, erased, has_papers, is_shared
):
    her = somebody(brand, put, manager)
    if has_papers:
        Gift.objects.create(brand=brand, relationship=her, product="Shoes", state="planned")
    if is_shared:
        RelationshipFactory(brand=other_brand, creator=her.creator)
    PostFactory(profile=her.creator.profiles.get(), creator=her.creator)
    segment = segment_of(dimension_of(brand), "known", "followers >= 1000")
    run_now(brand)
    assert her.creator_id in members(segment)
    before = Membership.objects.filter(segment=segment, entered_at__lte=NOW).count()
    segment.refresh_from_db()
    size = segment.members_count

    erased(her)

    assert Membership.objects.filter(segment=segment, entered_at__lte=NOW).count() == before
    ended = Membership.objects.get(segment=segment, left_cause="erased")
    assert (ended.creator_id == her.creator_id) is not is_shared
    segment.refresh_from_db()
    assert segment.members_count == size - 1
    assert not CreatorFacts.objects.filter(brand=brand, creator=her.creator_id).exists()
    run_now(brand, as_of=NOW.replace(day=25))
    assert ended.creator_id not in members(segment)
    assert her.creator_id not in members(segment)


def test_no_reason_and_twice_are_refused_and_change_nothing(brand, manager, put, erased):
    her = somebody(brand, put, manager)
    Gift.objects.create(brand=brand, relationship=her, product="Shoes", state="planned")
    before = AuditEntry.objects.count()
    with pytest.raises(PrivacyRefused, match="Say why"):
        erased(her, reason="  ")
    assert AuditEntry.objects.count() == before
    assert Relationship.objects.get(pk=her.pk).erased_at is None
    erased(her)
    with pytest.raises(PrivacyRefused, match="already"):
        erased(her)
    assert Erasure.objects.count() == 1

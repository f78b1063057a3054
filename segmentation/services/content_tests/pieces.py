"""Give pieces of content their variants, with a link each where the test counts clicks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.db.models.expressions import RawSQL

from campaigns.experiments.drawing import drawn
from campaigns.models import Deliverable, TrackingLink
from campaigns.models.deliverables import OPEN_STATES
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking.links import LABEL_MAX, Said, make_link
from campaigns.services.tracking.places import Place
from crm import audit
from crm.models import User
from segmentation.models import ContentPiece, ContentTest, ContentVariant
from segmentation.services.content_tests.planning import locked
from segmentation.services.edits import EditRefused
from segmentation.services.unpitched import UNPITCHED

# In one go: each may make a link, and somebody waits.
MOST = 200


@transaction.atomic
def assign(*, test_id: int, actor: User, at: datetime) -> int:
    """Give a variant to the pieces of the campaign that have none and are not published.

    By chance, by the shares of new creators; all pieces of a creator have the same variant, and
    nobody is moved. Returns how many pieces there were: at most MOST at once. Raises EditRefused.
    """
    test = locked(test_id)
    if not test.is_running:
        raise EditRefused(f"“{test}” is not running.", code="not_running")
    variants = {variant.key: variant for variant in test.variants.order_by("position")}
    shares = {key: variant.share for key, variant in variants.items()}
    theirs = dict(test.pieces.values_list("deliverable__engagement__relationship", "variant__key"))
    waiting = (
        Deliverable.objects.filter(engagement__campaign=test.campaign, state__in=OPEN_STATES)
        .exclude(pk__in=test.pieces.values("deliverable"))
        .exclude(engagement__relationship__unprofiled_at__isnull=False)
        .exclude(engagement__relationship__creator__in=_unpitched(test.brand_id))
        .select_related("engagement__relationship", "engagement__campaign")
        .order_by("pk")[:MOST]
    )
    number = test.pieces.aggregate(Max("number"))["number__max"] or 0
    made = 0
    for made, piece in enumerate(waiting, 1):
        creator = piece.engagement.relationship_id
        key = theirs.setdefault(creator, drawn(creator, shares, seed=test.seed))
        ContentPiece.objects.create(
            test=test,
            deliverable=piece,
            variant=variants[key],
            link=_link(test, piece, variants[key], actor, at) if test.target else None,
            number=number + made,
            assigned_at=at,
        )
    if made:
        audit.record(
            brand=test.brand,
            verb="segmentation.content_test.assigned",
            target=test,
            actor=actor,
            at=at,
            data={"pieces": made, "shares": shares},
            label=test.name,
        )
    return made


def _unpitched(brand: int) -> RawSQL:
    """Creators whom a playbook says not to pitch: nothing is tried on them."""
    return RawSQL(UNPITCHED.replace("%(brand)s", "%s"), [brand])  # noqa: S611 - a text of ours


def _link(
    test: ContentTest, piece: Deliverable, variant: ContentVariant, actor: User, at: datetime
) -> TrackingLink:
    label = f"{test.name}: {piece.title}"[:LABEL_MAX]
    place = Place.of(piece.engagement)
    said = Said(label=label, target=test.target)
    try:
        return make_link(
            brand=test.brand,
            place=place,
            said=Said(**said, variant=variant.key),
            actor=actor,
            at=at,
        )
    except CampaignRefused as refusal:
        if refusal.code != "in_experiment":
            raise EditRefused(str(refusal), code=refusal.code, field="target") from refusal
        # The link bears the arm of an experiment; which variant it is of, the piece says.
        return make_link(brand=test.brand, place=place, said=said, actor=actor, at=at)

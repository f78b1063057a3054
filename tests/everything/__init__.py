"""A brand that has some of everything, for tests that ask for all of the product."""

from __future__ import annotations

from crm.models import Brand, User
from crm.services.holds import pause
from crm.services.ledger import checkpoints
from segmentation.choices import OverrideKind
from segmentation.models import Membership, Segment
from segmentation.services.audiences import create_audience
from segmentation.services.overrides import force
from tests.campaigns.incidents.made import reported
from tests.campaigns.rest_records import give_records
from tests.crm.outreach.worlds import write_to_somebody
from tests.crm.privacy.worlds import ask_about_data
from tests.everything.campaigns import (
    give_a_campaign,
    give_a_character,
    give_search_words,
    give_uploads,
    give_what_is_thought,
)
from tests.everything.crm import (
    ask_to_pitch,
    give_a_connector,
    give_a_day_of_work,
    give_a_webhook,
    give_an_export,
    give_an_import,
)
from tests.everything.papers import give_papers, give_personas
from tests.everything.segmentation import (
    give_a_content_test,
    give_a_run,
    give_clusters,
    give_matches,
    give_numbers_to_compare,
    give_scorecards,
    give_tier_scorecards,
)
from tests.factories import NOW
from tests.segmentation.budgets.building import planned as plan_a_budget
from tests.segmentation.suggestions.building import suggested


def give_everything(brand: Brand, admin_user: User) -> None:
    """Some of everything that the API tells of."""
    give_a_run(brand)
    give_an_import(brand)
    give_numbers_to_compare(brand)
    give_uploads(brand)
    segment = Segment.objects.order_by("pk").first()
    create_audience(
        brand=brand,
        key="parents",
        values={"name": "Parents"},
        segments=[segment.key],
        at=NOW,
        actor=admin_user,
    )
    force(
        segment_id=segment.pk,
        creator_id=brand.relationships.first().creator_id,
        kind=OverrideKind.IN,
        reason="They asked",
        at=NOW,
        actor=admin_user,
    )
    write_to_somebody(brand, admin_user)
    ask_to_pitch(brand, admin_user)
    ask_about_data(brand, admin_user)
    give_a_day_of_work(brand, admin_user)
    give_a_campaign(brand, admin_user)
    plan_a_budget(brand)
    give_a_content_test(brand, admin_user)
    give_tier_scorecards(brand)
    checkpoints.make(brand=brand, at=NOW)
    give_a_character(brand, admin_user)
    give_matches(brand)
    give_clusters(brand)
    give_search_words(brand)
    give_a_webhook(brand, admin_user)
    give_an_export(brand, admin_user)
    give_a_connector(brand, admin_user)
    kept = brand.relationships.get(creator=Membership.objects.order_by("pk").first().creator)
    give_what_is_thought(kept, admin_user)
    reported(brand, admin_user, kept)
    give_records(brand, admin_user)
    give_papers(brand)
    give_personas(brand)
    pause(brand=brand, relationship=kept, reason="Look", until=None, actor=admin_user, at=NOW)
    suggested(brand, kept.creator)
    give_scorecards(brand)

"""Personas side by side: shares, what counts, the feedback panel, and the innovators' template."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.services.shortlists import Pick, shortlist
from crm.choices import Stage
from crm.models import Relationship
from segmentation.models import Playbook, SegmentVersion
from segmentation.selectors.persona_report import dimensions_of, report_of
from segmentation.services.edits import EditRefused
from segmentation.services.innovators import fits_of, rule_of
from tests.campaigns.made import make_campaign
from tests.crm.reviews.world import publish
from tests.factories import NOW
from tests.rest import assert_problem, rest_as
from tests.segmentation.scores import building
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db


@pytest.fixture
def personas(brand):
    found = {
        key: make_segment(brand, f"persona-{key}", dimension="personas", position=place, name=key)
        for place, key in enumerate(["influencer", "innovator", "majority"])
    }
    dimension = found["influencer"].dimension
    dimension.has_precedence = True
    dimension.save()
    Playbook.objects.create(
        segment=found["innovator"],
        do_not_pitch=True,
        mistake_cost="high",
        campaign_type="A feedback panel",
        updated_at=NOW,
    )
    return found


@pytest.fixture
def world(brand, manager, personas):
    """Both tags; an innovator, in a campaign already; a core partner; no tag; an objector."""
    people = {key: make_creator(brand) for key in ("both", "alone", "core", "none", "objects")}
    campaign = make_campaign(brand, manager)
    rows = {row.creator_id: row for row in Relationship.objects.filter(brand=brand)}
    shortlist(
        campaign_id=campaign.pk,
        brand=brand,
        picks=[Pick(rows[people["alone"].pk].pk)],
        actor=manager,
        at=NOW,
    )
    for name, tags in (
        ("both", ["influencer", "innovator"]),
        ("alone", ["innovator"]),
        ("core", ["influencer"]),
        ("objects", ["majority"]),
    ):
        for tag in tags:
            stay(personas[tag], people[name], moment(1, 1))
    Relationship.objects.filter(creator=people["core"]).update(stage=Stage.CORE)
    Relationship.objects.filter(creator=people["objects"]).update(unprofiled_at=NOW)
    return people


def test_the_first_tag_counts(brand, world, personas, django_assert_num_queries):
    assert dimensions_of(brand) == [personas["influencer"].dimension]
    with django_assert_num_queries(7):
        page = report_of(personas["influencer"].dimension)
    numbers = {
        row.segment.name: (row.tagged, row.effective, row.share, row.affinity) for row in page.rows
    }
    assert numbers == {
        "influencer": (2, 2, 0.5, 0.5),
        "innovator": (2, 1, 0.25, 0.0),
        "majority": (0, 0, 0.0, None),
    }
    assert [row.curve for row in page.rows] == [None, 0.025, 0.68]
    assert (page.known, page.untagged) == (4, 1)
    (pair,) = page.pairs
    assert (pair.counts.name, pair.suppressed.name, pair.creators) == ("influencer", "innovator", 1)
    (several,) = page.several
    assert (several.uid, [tag.name for tag in several.tags]) == (
        world["both"].uid,
        ["influencer", "innovator"],
    )
    assert several.reason == "influencer comes first in the order of the dimension"
    (panelist,) = page.panel
    assert (panelist.uid, len(panelist.campaigns)) == (world["alone"].uid, 1)


def test_on_the_page(brand, manager_client, strategist_client, world):
    url = reverse("segmentation:personas", args=[brand.slug])
    shown = manager_client.get(url).content.decode()
    for words in (
        "A feedback panel",
        "a strategist or an admin says yes before a first mail or offer",
        "<strong>influencer</strong> counts, innovator does not: 1",
        "still in",
        "The playbook recommends nothing yet",
    ):
        assert words in shown
    assert "by a fit score" not in shown
    assert "There is no score of yours" in strategist_client.get(url).content.decode()


def test_without_personas(brand, manager_client):
    shown = manager_client.get(reverse("segmentation:personas", args=[brand.slug]))
    assert "No personas yet" in shown.content.decode()


def test_the_template_makes_a_draft(brand, strategist, strategist_client, manager_client, personas):
    building.world(brand)
    building.counted(brand)
    publish(brand, strategist)
    # Of risk little is good, and "so many points, or more" would ask for much of it.
    assert [fact.key for fact in fits_of(brand)] == ["score_fit", "review_tone", "review_story"]
    url = reverse("segmentation:persona_innovators", args=[brand.slug, "persona-innovator"])
    body = {"fit": "score_fit", "least": "75", "keywords": "Engineer, product  manage\nengineer"}
    assert manager_client.post(url, body).status_code == 403
    for change, words in (
        ({"least": "101"}, "goes from 0 to 100"),
        ({"keywords": 'x" or 1'}, "cannot be a keyword"),
        ({"fit": "followers"}, "Select a valid choice"),
    ):
        answer = strategist_client.post(url, body | change)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not SegmentVersion.objects.filter(number=2).exists()
    answer = strategist_client.post(url, body)
    made = SegmentVersion.objects.get(segment=personas["innovator"], number=2)
    assert answer["Location"] == reverse(
        "segmentation:version", args=[brand.slug, "persona-innovator", 2]
    )
    assert " ".join(made.rule_text.split()) == (
        'score_fit >= 75 and (profession contains engineer or profession contains "product manage")'
    )
    personas["innovator"].refresh_from_db()
    assert personas["innovator"].active_version.number == 1


def test_a_rule_needs_professions():
    with pytest.raises(EditRefused, match="at least one profession"):
        rule_of(fit="score_fit", least=70, keywords=["  "])


def test_over_rest_they_are_as_on_the_page(brand, analyst, world, personas):
    rest = rest_as(analyst, brand)
    found = rest.json("dimensions/personas/personas/")
    page = report_of(personas["influencer"].dimension)
    assert [(row["segment"], row["tagged"], row["effective"]) for row in found["personas"]] == [
        (row.segment.key, row.tagged, row.effective) for row in page.rows
    ]
    assert (found["known"], found["untagged"]) == (page.known, page.untagged)
    assert [row["do_not_pitch"] for row in found["personas"]] == [False, True, False]
    [several] = found["several"]
    assert several["creator"] == str(world["both"].uid)
    [asked] = found["panel"]
    assert (asked["creator"], len(asked["campaigns"])) == (str(world["alone"].uid), 1)
    personas["influencer"].dimension.has_precedence = False
    personas["influencer"].dimension.save()
    assert_problem(rest.get("dimensions/personas/personas/"), 404)

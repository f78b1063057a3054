"""Content tests: who makes which variant, what is read, what is suggested, what a person makes."""

from __future__ import annotations

from collections import Counter

import pytest

from campaigns.experiments.allocation import suggested
from campaigns.experiments.analysis import analyse
from campaigns.experiments.drawing import drawn
from campaigns.experiments.results import Outcome, Reading
from campaigns.experiments.results import Plan as Reads
from campaigns.models import Click, Conversion, Deliverable, Engagement, Refund, TrackingLink
from crm.models import AuditEntry, Relationship
from segmentation.choices import OutcomeMetric
from segmentation.models import ContentPiece, ContentReading, ContentTest
from segmentation.selectors import content_tests as selectors
from segmentation.services.content_tests import pieces, planning, reading
from segmentation.services.content_tests.planning import Wording
from segmentation.services.edits import EditRefused
from tests.campaigns.made import make_campaign
from tests.factories import NOW
from tests.segmentation.content_tests.worlds import DAY, add_pieces, click, have_read, planned

pytestmark = pytest.mark.django_db
PAGE = "/acme/content-tests/"


@pytest.fixture
def campaign(brand):
    return make_campaign(brand)


@pytest.fixture(autouse=True)
def in_turn(monkeypatch):
    """Who gets what is by chance: here every second creator, so that each variant has some."""
    turns = {}

    def alternate(creator, shares, *, seed):
        keys = list(shares)
        return keys[turns.setdefault(creator, len(turns)) % len(keys)]

    monkeypatch.setattr(pieces, "drawn", alternate)


@pytest.fixture
def running(brand, campaign, manager):
    """16 creators with two pieces each, all with a variant and a link for each piece."""
    add_pieces(brand, campaign, each=2)
    test = planned(brand, campaign)
    planning.start(test_id=test.pk, actor=None, at=NOW)
    assert pieces.assign(test_id=test.pk, actor=manager, at=NOW) == 32
    return ContentTest.objects.get()


def test_pieces_of_a_creator_have_one_variant_and_a_link_each(running):
    by_creator = {}
    for piece in running.pieces.select_related("deliverable__engagement", "link", "variant"):
        by_creator.setdefault(piece.deliverable.engagement.relationship_id, set()).add(
            piece.variant.key
        )
        assert piece.link.variant == piece.variant.key
        assert piece.link.relationship_id == piece.deliverable.engagement.relationship_id
    assert all(len(found) == 1 for found in by_creator.values())
    assert {key for found in by_creator.values() for key in found} == {"usual", "question"}
    assert TrackingLink.objects.count() == 32


def test_later_pieces_go_with_their_creator_and_nobody_is_moved(running, manager):
    before = dict(running.pieces.values_list("deliverable", "variant"))
    engagement = Engagement.objects.first()
    Deliverable.objects.create(
        engagement=engagement,
        title="More",
        platform_id="instagram",
        kind="tutorial",
        form="short_video",
    )
    assert pieces.assign(test_id=running.pk, actor=manager, at=NOW) == 1
    after = dict(running.pieces.values_list("deliverable", "variant"))
    assert before.items() <= after.items()
    theirs = running.pieces.filter(deliverable__engagement=engagement)
    assert theirs.values("variant").distinct().count() == 1
    assert pieces.assign(test_id=running.pk, actor=manager, at=NOW) == 0


def test_anybody_can_repeat_the_draw(brand, campaign, manager, monkeypatch):
    monkeypatch.setattr(pieces, "drawn", drawn)
    add_pieces(brand, campaign, creators=6)
    test = planned(brand, campaign)
    planning.start(test_id=test.pk, actor=None, at=NOW)
    pieces.assign(test_id=test.pk, actor=manager, at=NOW)
    for piece in test.pieces.select_related("link", "variant"):
        shares = {"usual": 50, "question": 50}
        assert piece.variant.key == drawn(piece.link.relationship_id, shares, seed=test.seed)


def test_who_objects_to_profiling_takes_no_part(brand, campaign, manager):
    add_pieces(brand, campaign, creators=2)
    Relationship.objects.update(unprofiled_at=NOW)
    test = planned(brand, campaign)
    planning.start(test_id=test.pk, actor=None, at=NOW)
    assert pieces.assign(test_id=test.pk, actor=manager, at=NOW) == 0


def test_a_clear_difference_is_read_and_more_of_it_suggested(running, manager):
    click(running)
    found = have_read(running)
    assert (found.status, found.error) == ("done", "")
    [one] = found.result["comparisons"]
    assert one["arm"] == "question"
    assert one["is_decided"]
    assert one["interval"]["low"] > 1
    creators = Counter(
        running.pieces.values_list("variant__key", "deliverable__engagement").distinct()
    )
    assert sum(arm["creators"] for arm in found.result["arms"]) == len(creators) == 16
    assert found.suggested == {"usual": 10, "question": 90}
    # The same data and seed give the same.
    again = have_read(running, at=NOW + 2 * DAY)
    assert again.result == found.result
    reading.apply(reading_id=again.pk, shares=again.suggested, actor=manager, at=NOW + 3 * DAY)
    told = selectors.told(running)
    assert [one.variant.share for one in told.variants] == [10, 90]
    assert (told.applied, told.as_suggested) == (1, 1)
    with pytest.raises(EditRefused, match="applied already"):
        reading.apply(reading_id=again.pk, shares=again.suggested, actor=manager, at=NOW)
    entry = AuditEntry.objects.filter(verb="segmentation.content_test.shared_out").get()
    assert entry.data["shares"] == {"usual": 10, "question": 90}


@pytest.mark.parametrize("metric", [OutcomeMetric.CLICKS, OutcomeMetric.ENGAGEMENTS])
def test_who_objects_later_counts_no_more(running, metric):
    click(running)
    ContentTest.objects.update(metric=metric)
    person = running.pieces.values("deliverable__engagement__relationship")[:1]
    Relationship.objects.filter(pk__in=person).update(unprofiled_at=NOW)
    found = have_read(running)
    assert (found.status, found.error) == ("done", "")
    assert sorted(arm["creators"] + arm["silent"] for arm in found.result["arms"]) == [7, 8]


def test_pieces_that_are_not_out_say_nothing_against_their_variant(running):
    """New creators go to the better variant: their pieces to come must not count against it."""
    click(running, better=2, usual=2)
    before = have_read(running)
    late = running.pieces.filter(variant__key="question").order_by("-number")[:8]
    Click.objects.filter(link__in=late.values("link")).delete()
    Deliverable.objects.filter(pk__in=[piece.deliverable_id for piece in late]).update(
        state="approved", published_at=None
    )
    rates = [
        {arm["arm"]: arm["rate"] for arm in found.result["arms"]}
        for found in (before, have_read(running))
    ]
    assert rates[1]["question"] == pytest.approx(rates[0]["question"], abs=0.3)
    assert rates[1]["usual"] == rates[0]["usual"]


def test_a_person_overrides_within_the_floor(running, manager):
    click(running)
    found = have_read(running)

    def apply(usual, question):
        shares = {"usual": usual, "question": question}
        reading.apply(reading_id=found.pk, shares=shares, actor=manager, at=NOW + 3 * DAY)

    with pytest.raises(EditRefused, match="10 % at least"):
        apply(5, 95)
    with pytest.raises(EditRefused, match="add up to 100"):
        apply(50, 60)
    found.refresh_from_db()
    assert found.applied_at is None
    apply(40, 60)
    assert selectors.told(running).as_suggested == 0


def test_too_little_is_said_and_suggests_nothing(running):
    found = have_read(running)
    assert found.status == "done"
    assert found.suggested == {}
    assert "Too little to say" in found.result["comparisons"][0]["reason_if_absent"]


@pytest.mark.parametrize(
    "metric", [OutcomeMetric.CLICKS, OutcomeMetric.ENGAGEMENTS, OutcomeMetric.ORDERS_PER_CLICK]
)
def test_other_measures_are_read_too(brand, campaign, manager, metric):
    add_pieces(brand, campaign, creators=6)
    test = planned(brand, campaign, metric=metric)
    planning.start(test_id=test.pk, actor=None, at=NOW)
    pieces.assign(test_id=test.pk, actor=manager, at=NOW)
    found = have_read(test)
    assert (found.status, found.error) == ("done", "")
    # Nothing is published and nobody clicked: there is nothing to count on.
    assert sum(arm["silent"] for arm in found.result["arms"]) == 6


def test_orders_come_by_the_link_or_its_click_and_not_where_all_was_taken_back(
    brand, campaign, manager
):
    add_pieces(brand, campaign, creators=4)
    test = planned(brand, campaign, metric=OutcomeMetric.ORDERS_PER_CLICK)
    planning.start(test_id=test.pk, actor=None, at=NOW)
    pieces.assign(test_id=test.pk, actor=manager, at=NOW)
    click(test, better=4, usual=4)
    clicks = Click.objects.filter(link__in=test.pieces.values("link")).count()
    link = test.pieces.filter(variant__key="question").first().link

    def order(key, **came):
        return Conversion.objects.create(
            brand=brand, key=key, at=NOW + DAY, value=10, currency="EUR", source="api", **came
        )

    order("by link", link=link)
    order("by click", click=Click.objects.filter(link=link).first().pk)
    order("by neither")
    returned = order("taken back", link=link)
    for half in ("one", "other"):
        Refund.objects.create(
            brand=brand, conversion=returned, key=half, at=NOW + DAY, value=5, source="api"
        )
    arms = {arm["arm"]: arm["rate"] for arm in have_read(test).result["arms"]}
    theirs = Click.objects.filter(
        link__in=test.pieces.filter(variant__key="question").values("link")
    )
    assert arms == {"usual": 0.0, "question": pytest.approx(2 / theirs.count())}
    assert 0 < theirs.count() < clicks


def test_the_pages_from_plan_to_decision(brand, campaign, analyst_client, manager):
    add_pieces(brand, campaign, creators=3)
    typed = {
        "name": "Opening",
        "campaign": campaign.pk,
        "question": "Which opening?",
        "element": "hook",
        "metric": "clicks",
        "target": "",
        "planned_lift": "20",
        "floor": "10",
        "variants-TOTAL_FORMS": "2",
        "variants-INITIAL_FORMS": "0",
        "variants-0-name": "Usual",
        "variants-0-text": "As always.",
        "variants-1-name": "Question",
        "variants-1-text": "",
    }
    assert "No content tests yet" in analyst_client.get(PAGE).content.decode()
    assert analyst_client.get(f"{PAGE}new/?campaign={campaign.key}").status_code == 200
    answer = analyst_client.post(f"{PAGE}new/", typed)
    assert answer.status_code == 422
    assert "Both are needed." in answer.content.decode()
    typed["variants-1-text"] = "Ask something."
    answer = analyst_client.post(f"{PAGE}new/", typed)
    assert "Say where links lead" in answer.content.decode()
    assert not ContentTest.objects.exists()
    answer = analyst_client.post(f"{PAGE}new/", typed | {"target": "https://shop.example/"})
    test = ContentTest.objects.get()
    here = f"{PAGE}{test.pk}/"
    assert answer["Location"] == here
    for act, words in (
        ("start", "It has begun"),
        ("assign", "3 pieces have a variant."),
        ("read", "It is being read"),
        ("read", "being read already"),
        ("shares", "Read the test first"),
    ):
        answer = analyst_client.post(f"{here}{act}/", follow=True)
        assert words in answer.content.decode(), act
    reading.read(reading_id=ContentReading.objects.get().pk, at=NOW)
    words = analyst_client.get(here).content.decode()
    assert "No shares are suggested yet" in words
    assert "as often as you like" in words
    piece = ContentPiece.objects.select_related("deliverable__engagement", "variant").first()
    place = f"/acme/campaigns/{campaign.key}/"
    engagement = piece.deliverable.engagement_id
    words = analyst_client.get(f"{place}creators/{engagement}/content-tests/").content.decode()
    assert piece.variant.text in words
    assert "Content test:" in analyst_client.get(f"{place}content-tests/").content.decode()
    answer = analyst_client.post(f"{here}end/", {"decision": ""}, follow=True)
    assert "what you do now" in answer.content.decode()
    analyst_client.post(f"{here}end/", {"decision": "Ask something."})
    test.refresh_from_db()
    assert (test.status, test.decision) == ("completed", "Ask something.")


def test_a_draft_can_be_deleted_and_a_plan_is_checked(brand, campaign):
    test = planned(brand, campaign)
    planning.delete(test_id=test.pk, actor=None, at=NOW)
    one = Wording("A", "a")
    for other, words in (
        ({"variants": [one]}, "2 to 6 variants"),
        ({"variants": [one, one]}, "a name of its own"),
        ({"floor": 40}, "The floor"),
        ({"metric": OutcomeMetric.REVENUE}, "counted of a piece"),
        ({"target": "javascript:alert(1)"}, "."),
    ):
        with pytest.raises(EditRefused, match=words):
            planned(brand, campaign, **other)
    assert not ContentTest.objects.exists()


def test_the_list_goes_on(brand, campaign, analyst_client, monkeypatch):
    monkeypatch.setattr(selectors, "ROWS", 2)
    for name in ("First", "Second", "Third"):
        planned(brand, campaign, name=name)
    shown = analyst_client.get(PAGE)
    words = shown.content.decode()
    assert ("Third" in words, "Second" in words, "First" in words) == (True, True, False)
    following = shown.context["page"].next
    assert "First" in analyst_client.get(PAGE, {"cursor": following}).content.decode()
    assert analyst_client.get(PAGE, {"cursor": "x"}).status_code == 404


def test_each_variant_has_a_key_of_its_own(brand, campaign):
    names = ("Hook 3", "Hook", "Hook!", "Hook?", "日本", "한국")
    made = planned(brand, campaign, variants=[Wording(name, "x") for name in names])
    assert list(made.variants.values_list("key", flat=True)) == [
        "hook_3", "hook", "hook_2", "hook_4", "variant", "variant_2",
    ]  # fmt: skip


def outcomes(*rates, creators=12):
    return [
        Outcome(f"{arm}-{number}", str(arm), rate * 100 * (0.8 + 0.4 * (number % 2)), 100.0)
        for arm, rate in enumerate(rates)
        for number in range(creators)
    ]


def test_shares_follow_the_chance_to_be_best_and_keep_the_floor():
    shares = suggested(outcomes(0.05, 0.05, 0.02), ["0", "1", "2"], floor=10, seed="s")
    assert sum(shares.values()) == 100
    assert shares["2"] == 10
    assert abs(shares["0"] - shares["1"]) < 20
    assert shares == suggested(outcomes(0.05, 0.05, 0.02), ["0", "1", "2"], floor=10, seed="s")
    assert suggested(outcomes(0.05, 0.0), ["0", "1"], floor=10, seed="s") == {}
    assert suggested(outcomes(0.05, 0.05, creators=4), ["0", "1"], floor=10, seed="s") == {}


def test_a_draw_follows_the_shares():
    found = Counter(drawn(one, {"a": 20, "b": 80}, seed="s") for one in range(5_000))
    assert found["a"] / 5_000 == pytest.approx(0.2, abs=0.02)


def test_an_interval_that_says_nothing_is_no_interval_and_no_failure():
    """With two creators or three in a variant, an always-valid interval has no end."""
    found = [Outcome(one, "a" if one % 2 else "b", 1.0 + one * one, 3.0) for one in range(10)]
    plan = Reads("a", reading=Reading.ANYTIME, planned_lift=0.001)
    [one] = analyse(found, plan).comparisons
    assert one.interval is None
    assert "wider than a factor of 1,000" in one.reason_if_absent

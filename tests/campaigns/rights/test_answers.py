"""May we use this? Boundaries, places, several rights together, and what nobody said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaigns.choices import StartTrigger, Usage
from campaigns.models import Asset
from campaigns.selectors.rights import answers, in_state
from campaigns.services.rights.granting import revoke, start_rights_of
from campaigns.services.rights.questions import Question
from tests.campaigns.rights.worlds import FIRST, LAST, asset_of, engagement_of, give, piece
from tests.factories import NOW, BrandFactory, RelationshipFactory

pytestmark = pytest.mark.django_db

RIGHT = "Paid use worldwide on all channels from 3 December 2026 until 2 June 2027 (Contract 12)"
BEFORE, AFTER = FIRST - timedelta(days=1), LAST + timedelta(days=1)


def ask(asset, **values):
    """About paid use, worldwide, on the first day, unless said otherwise."""
    said = {"usage": Usage.PAID, "on": FIRST, "territory": ()} | values
    return answers(Question(**said), [asset])[asset.pk]


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        ({"on": BEFORE}, "no"),
        ({"on": FIRST}, "yes"),
        ({"on": LAST}, "yes"),
        ({"on": AFTER}, "no"),
        ({"on": FIRST, "until": LAST}, "yes"),
        ({"on": FIRST, "until": AFTER}, "no"),
        ({"on": BEFORE, "until": LAST}, "no"),
        ({"on": FIRST, "is_open": True}, "no"),
    ],
)
def test_the_first_and_the_last_day_count(days, verdict):
    engagement = engagement_of()
    give(engagement)

    assert ask(asset_of(engagement), **days).verdict == verdict


def test_a_yes_says_by_which_right_and_until_when():
    engagement = engagement_of()
    right = give(engagement, credit="@anna", may_edit=False)

    found = ask(asset_of(engagement))

    assert (found.verdict, found.until, found.is_endless) == ("yes", LAST, False)
    assert found.rights == (right,)
    assert found.reasons == (RIGHT,)
    assert found.heed == ("Name them: @anna", "It must not be cut or changed.")


def test_no_end_is_said_and_holds_for_good():
    engagement = engagement_of()
    give(engagement, is_endless=True)

    found = ask(asset_of(engagement), is_open=True)

    assert (found.verdict, found.until, found.is_endless) == ("yes", None, True)
    assert found.heed == ("Nothing was said about cutting or changing it: ask first.",)


def test_after_the_end_it_says_what_to_ask_for():
    relationship = RelationshipFactory(creator__name="Anna Holm")
    engagement = engagement_of(relationship.brand)
    give(engagement)

    found = ask(asset_of(engagement, relationship=relationship), on=AFTER)

    assert found.verdict == "no"
    assert found.reasons == (f"{RIGHT}: it ended on 2 June 2027.",)
    assert found.todo == "Ask Anna Holm for paid use again: the right ended on 2 June 2027."


def test_nothing_written_down_is_not_known():
    found = ask(asset_of(brand=BrandFactory(), made_by="Kim Berg"))

    assert (found.verdict, found.reasons) == (
        "unknown",
        ("Nobody wrote down what may be done with it.",),
    )
    assert found.todo == "Ask Kim Berg what they allow and write the answer down as a right."


def test_something_else_written_down_is_a_no():
    engagement = engagement_of()
    give(engagement, usage=Usage.ORGANIC)

    found = ask(asset_of(engagement))

    assert found.verdict == "no"
    assert found.reasons == ("Nothing was agreed about paid use: only about organic use.",)


@pytest.mark.parametrize(
    ("territory", "verdict"),
    [(("DK",), "yes"), (("DK", "SE"), "yes"), (("DK", "DE"), "no"), ((), "no"), (None, "unknown")],
)
def test_every_country_must_be_covered_and_worldwide_is_all_of_them(territory, verdict):
    engagement = engagement_of()
    give(engagement, territory=("NORDICS",))

    assert ask(asset_of(engagement), territory=territory).verdict == verdict


def test_two_rights_cover_two_countries_together():
    engagement = engagement_of()
    give(engagement, territory=("DK",))
    give(engagement, territory=("SE",), months=3)

    found = ask(asset_of(engagement), territory=("DK", "SE"))

    # The shorter of the two: 3 months from 3 December.
    assert (found.verdict, found.until, len(found.rights)) == ("yes", date(2027, 3, 2), 2)


@pytest.mark.parametrize(
    ("channel", "verdict"), [("instagram", "yes"), ("website", "no"), (None, "unknown")]
)
def test_channels(channel, verdict):
    engagement = engagement_of()
    give(engagement, channels=("instagram",))

    assert ask(asset_of(engagement), channel=channel).verdict == verdict


def test_words_without_countries_are_neither_yes_nor_no():
    engagement = engagement_of()
    give(engagement, territory_words="Scandinavia")

    found = ask(asset_of(engagement), territory=("DK",))

    assert found.verdict == "unknown"
    assert found.reasons == ("Where it holds was agreed in words only: “Scandinavia”.",)
    assert found.todo.startswith("Read what was agreed")


def test_not_known_speaks_of_what_holds_on_the_day_only():
    engagement = engagement_of()
    give(engagement, territory=("SE",), ends_on=FIRST)
    now = give(engagement, territory=("DK",))

    found = ask(asset_of(engagement), territory=None, on=LAST)

    assert (found.verdict, found.rights) == ("unknown", (now,))
    assert found.reasons == ("It holds in Denmark only.",)
    assert found.todo == "Say in which country."


def test_another_country_is_a_no_whatever_a_use_not_said_would_be():
    engagement = engagement_of()
    give(engagement, territory=("DK",), channels=("instagram",))

    found = ask(asset_of(engagement), territory=("DE",), channel=None)

    assert found.verdict == "no"
    assert found.reasons[0].endswith("(Contract 12): not in Germany.")
    assert found.todo.endswith("for paid use in Germany.")


def test_a_right_and_the_one_that_follows_are_one_spell():
    engagement = engagement_of()
    give(engagement)
    give(engagement, starts_on=AFTER, months=1)
    asset = asset_of(engagement)

    assert ask(asset, until=AFTER).until == date(2027, 7, 2)
    assert ask(asset, until=date(2027, 7, 3)).verdict == "no"


def test_a_day_between_two_rights_is_not_covered():
    engagement = engagement_of()
    give(engagement)
    give(engagement, starts_on=AFTER + timedelta(days=1), months=1)
    asset = asset_of(engagement)

    assert ask(asset, until=AFTER + timedelta(days=1)).verdict == "no"
    assert ask(asset).until == LAST


def test_rights_that_overlap_last_until_the_later_end():
    engagement = engagement_of()
    give(engagement, ends_on=date(2027, 1, 1))
    give(engagement, starts_on=date(2026, 12, 20), ends_on=date(2027, 2, 1))

    assert ask(asset_of(engagement)).until == date(2027, 2, 1)


def test_taken_back_it_holds_until_the_day_before():
    engagement = engagement_of()
    right = give(engagement)
    day = date(2027, 1, 10)
    revoke(
        right_id=right.pk,
        brand=engagement.campaign.brand,
        on=day,
        reason="Quarrel",
        actor=None,
        at=NOW,
    )
    asset = asset_of(engagement)

    assert ask(asset, on=day - timedelta(days=1)).until == day - timedelta(days=1)
    found = ask(asset, on=day)
    assert found.verdict == "no"
    assert found.reasons[0].endswith("taken back from 10 January 2027 on (Quarrel).")


def test_before_the_publication_it_does_not_hold_and_then_for_this_piece_only():
    engagement = engagement_of()
    one, other = piece(engagement), piece(engagement)
    give(engagement, trigger=StartTrigger.PUBLICATION, starts_on=None)
    mine, theirs = asset_of(engagement, one), asset_of(engagement, other)

    waits = ask(mine)
    start_rights_of(one, FIRST, actor=None, at=NOW)

    assert waits.verdict == "no"
    assert waits.reasons[0].endswith("it starts when the content is published.")
    assert waits.todo == "Publish the content first, and write down where it is."
    assert ask(mine).verdict == "yes"
    assert ask(mine, on=AFTER).reasons == (f"{RIGHT}: it ended on 2 June 2027.",)
    assert ask(theirs).verdict == "no"


def test_a_right_for_one_piece_says_nothing_about_another():
    engagement = engagement_of()
    one, other = piece(engagement), piece(engagement)
    give(one)

    assert ask(asset_of(engagement, one)).verdict == "yes"
    assert ask(asset_of(engagement, other)).verdict == "unknown"


def test_somebody_shown_who_did_not_agree_outweighs_every_right():
    engagement = engagement_of()
    give(engagement)

    found = ask(asset_of(engagement, releases="missing", people="A child in the background"))

    assert found.verdict == "no"
    assert found.reasons == ("The people shown have not all agreed: A child in the background.",)


def test_the_brands_own_is_the_brands():
    assert ask(asset_of(brand=BrandFactory(), origin="own"), is_open=True).verdict == "yes"


def test_many_assets_cost_two_queries(django_assert_num_queries):
    engagement = engagement_of()
    give(engagement)
    assets = [asset_of(engagement) for _ in range(20)]
    loose = asset_of(brand=engagement.campaign.brand)
    give(loose, usage=Usage.ORGANIC)

    with django_assert_num_queries(2):  # channels, rights
        found = answers(Question(Usage.PAID, FIRST), [*assets, loose])

    assert [found[asset.pk].verdict for asset in (*assets, loose)] == ["yes"] * 20 + ["no"]


def test_the_librarys_states_are_what_the_days_say():
    brand = BrandFactory()
    soon, long, over, waits = (engagement_of(brand) for _ in range(4))
    today = date(2027, 5, 20)
    give(soon)
    give(long, is_endless=True)
    give(over, ends_on=date(2027, 5, 19))
    give(waits, trigger=StartTrigger.PUBLICATION, starts_on=None)
    assets = {
        "soon": asset_of(soon),
        "long": asset_of(long),
        "over": asset_of(over),
        "waits": asset_of(waits, piece(waits)),
        "nothing": asset_of(brand=brand),
        "own": asset_of(brand=brand, origin="own"),
        "missing": asset_of(long, releases="missing"),
    }
    by_pk = {asset.pk: name for name, asset in assets.items()}

    def found(state, usage=""):
        rows = in_state(Asset.objects.filter(brand=brand), state, today, usage)
        return {by_pk[row.pk] for row in rows}

    assert found("usable") == {"soon", "long", "own"}
    assert found("usable", "paid") == {"soon", "long", "own"}
    assert found("usable", "organic") == {"own"}
    assert found("ending") == {"soon"}
    assert found("ended") == {"over"}
    assert found("waiting") == {"waits"}
    assert found("unknown") == {"nothing"}

    start_rights_of(assets["waits"].deliverable, date(2027, 5, 1), actor=None, at=NOW)
    assert found("waiting") == set()
    assert "waits" in found("usable")

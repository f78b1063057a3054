"""How far reviewers are from each other: exact numbers, quarters, words, page, file and REST."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from crm.agreement import Level
from crm.agreement.drift import Compared, standing
from crm.models import Vetting
from crm.services.reviews.answers import Given
from crm.services.reviews.drift import criteria_in_use, standings
from crm.templatetags.rapport import signed
from tests.crm.reviews.world import ask as ask_for
from tests.crm.reviews.world import decide, past, publish, write
from tests.crm.reviews.world import said as answers
from tests.factories import NOW, RelationshipFactory
from tests.rest import rest_as

SCORES = range(1, 6)
# Session, user, role, brand, what waits for them (3); the form with its criteria, answers, names.
QUERIES = 9
SPRING, SUMMER = date(2026, 4, 1), date(2026, 7, 1)


def beside(said, other, times=1, quarter=SUMMER, who=2, decided=None):
    return Compared(quarter, who, said, other, decided, times)


def test_lean_by_hand():
    """Six times the same, four times one more, twice one less: 1/6 in the mean."""
    found = standing([beside(3, 3, 6), beside(4, 3, 4), beside(2, 3, 2)], SCORES, Level.ORDINAL)
    # Variance: (12 * 0 + 6 - 12 / 36) / 11 = 0.5152; error 0.2072; Student's 2.201 with 11.
    assert found.lean.value == pytest.approx(1 / 6)
    assert found.lean.high == pytest.approx(1 / 6 + 2.20099 * (17 / 33 / 12) ** 0.5, abs=1e-4)
    assert (found.n, found.same, found.others) == (12, 6, 1)
    # Wilson's interval of 6 of 12.
    assert found.same_share.low == pytest.approx(0.2538, abs=1e-4)
    assert found.words.startswith("Leans to neither side, as far as this tells: within 0.6 points.")


def test_who_always_gives_more_leans_and_the_third_person_counts():
    rows = [beside(5, 4, 20), beside(4, 4, 4), beside(5, 1, 3, decided=5, who=3)]
    found = standing(rows, SCORES, Level.ORDINAL)
    assert found.lean.value == pytest.approx(20 / 27)
    assert (found.decided, found.upheld, found.others) == (3, 3, 2)
    assert found.words.startswith("Gives 0.7 points more than the others.")
    assert "one colleague" not in found.words


def test_among_many_a_small_lean_is_left_unsaid():
    rows = [beside(4, 3, 8), beside(3, 3, 12), beside(2, 3, 1)]
    alone = standing(rows, SCORES, Level.ORDINAL)
    among = standing(rows, SCORES, Level.ORDINAL, among=100)
    assert alone.words.startswith("Gives 0.3 points more")
    assert among.words.startswith("Leans to neither side")
    assert alone.lean == among.lean


def test_drift_is_the_newest_quarter_less_those_before():
    early = [beside(3, 3, 10, SPRING), beside(4, 3, 2, SPRING)]
    late = [beside(4, 3, 10), beside(5, 3, 5), beside(3, 3, 1)]
    found = standing(early + late, SCORES, Level.ORDINAL)
    assert found.drift.value == pytest.approx(20 / 16 - 2 / 12)
    assert found.drift.low > 0.5
    assert "Drifts: since July 2026 1.1 points more than before." in found.words
    assert [(one.begins, one.n, one.same) for one in found.quarters] == [
        (SUMMER, 16, 1),
        (SPRING, 12, 10),
    ]
    calm = standing([*early, beside(3, 3, 9), beside(4, 3, 2)], SCORES, Level.ORDINAL)
    assert "rift" not in calm.words


def test_too_few_says_so():
    found = standing([beside(5, 1, 9)], SCORES, Level.ORDINAL)
    assert found.words == "Too few: 9 of at least 10 answers to which there is another one."
    assert (found.lean.value, found.same_share.value, found.drift.value) == (None, None, None)


def test_where_nothing_varies():
    found = standing([beside(4, 4, 12)], SCORES, Level.ORDINAL)
    assert found.words.startswith("Always said what the others said. Too little in the newest")
    found = standing([beside(4, 5, 12)], SCORES, Level.ORDINAL)
    assert found.words.startswith("Always gave 1.0 points less than the others.")
    assert (found.lean.low, found.lean.high) == (None, None)


def test_of_a_list_the_share_that_is_the_same_counts():
    early = [beside("yes", "yes", 19, SPRING), beside("no", "yes", 1, SPRING)]
    late = [beside("yes", "yes", 4), beside("no", "yes", 16)]
    found = standing(early + late, ["yes", "no"], Level.NOMINAL)
    assert found.lean.value is None
    assert found.words.startswith("Said the same as the others in 23 of 40.")
    assert "75 percentage points less often the same than before" in found.words


def test_a_difference_is_shown_with_its_sign():
    shown = [signed(value) for value in (0.52, -0.25, -0.04, 0.0)]
    assert shown == ["+0.5", "-0.2", "0.0", "0.0"]
    assert "not known" in signed(None)


@pytest.fixture
def form(brand, strategist):
    return publish(brand, strategist)


@pytest.mark.django_db
class TestOfABrand:
    def test_each_reviewer_by_criterion_and_quarter(
        self, brand, form, manager, analyst, admin_user
    ):
        brand.fiscal_year_start_month = 2
        brand.save()
        past(brand, manager, (analyst, admin_user), [(4, 3)] * 12)
        # Long ago: counts no more.
        past(brand, manager, (analyst, admin_user), [(1, 5)] * 3)
        old = list(Vetting.objects.order_by("-pk").values_list("pk", flat=True)[:3])
        Vetting.objects.filter(pk__in=old).update(
            requested_at=NOW - timedelta(days=900),
            all_in_at=NOW - timedelta(days=900),
            settled_at=NOW - timedelta(days=900),
        )
        criteria = criteria_in_use(brand)
        found = standings(brand, criteria, NOW + timedelta(days=1))
        assert [(one.criterion.key, one.reviewer) for one in found] == [
            ("tone", admin_user),
            ("tone", analyst),
            ("story", admin_user),
            ("story", analyst),
        ]
        admin, other, *_ = (one.standing for one in found)
        assert (admin.n, admin.lean.value, other.lean.value) == (12, -1.0, 1.0)
        [quarter] = admin.quarters
        month = (NOW.month - 2) % 3
        assert quarter.begins == date(NOW.year, NOW.month - month, 1)
        assert quarter.n == 12

    def test_a_third_persons_word_is_what_counts(
        self, brand, form, manager, analyst, strategist, admin_user
    ):
        vetting = ask_for(RelationshipFactory(brand=brand), manager, analyst, strategist)
        write(vetting, analyst, answers(5, 3, 2, "never"))
        write(vetting, strategist, answers(1, None, 2, "never"))
        decide(vetting, admin_user, tone=Given(score=5))
        found = {
            (one.criterion.key, one.reviewer): one.standing
            for one in standings(brand, criteria_in_use(brand), NOW + timedelta(days=1))
        }
        assert (found["tone", analyst].decided, found["tone", analyst].upheld) == (1, 1)
        assert (found["tone", strategist].same, found["tone", strategist].upheld) == (0, 0)
        # Where one could not say there is nothing to compare, and the third person is no reviewer.
        assert ("story", analyst) not in found
        assert {person for _, person in found} == {analyst, strategist}

    def test_page_file_and_rest_at_a_constant_cost(
        self, brand, form, manager, analyst, admin_user, analyst_client, django_assert_num_queries
    ):
        path = "/acme/reviews/reviewers/"
        assert "Nothing to compare yet" in analyst_client.get(path).content.decode()
        past(brand, manager, (analyst, admin_user), [(4, 3)] * 9 + [(3, 3)] * 3)
        with django_assert_num_queries(QUERIES):
            page = analyst_client.get(path).content.decode()
        assert "Gives 0.8 points more than the others." in page
        assert "Gives 0.8 points less than the others." in page
        assert "which of the two is off cannot be told" in page
        past(brand, manager, (manager, admin_user), [(3, 3)] * 12)
        with django_assert_num_queries(QUERIES):
            analyst_client.get(path)
        sent = b"".join(analyst_client.get("/acme/reviews/reviewers.csv").streaming_content)
        lines = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
        [tone] = [
            line
            for line in lines
            if (line["Criterion"], line["Reviewer"], line["Quarter from"])
            == ("Tone", analyst.display_name, "")
        ]
        assert (tone["Answers compared"], tone["The same"], tone["Lean"]) == ("12", "3", "0.75")
        rest = rest_as(analyst, brand)
        with django_assert_num_queries(6):  # token, count of requests, as above
            rows = rest.json("review-drift/")["results"]
        [tone] = [
            row for row in rows if (row["criterion"], row["reviewer"]) == ("tone", analyst.email)
        ]
        assert (tone["lean"]["value"], tone["n"], tone["others"]) == (0.75, 12, 1)
        assert tone["alpha"]["alpha"] < 1
        assert tone["quarters"][0]["lean"]["value"] == 0.75

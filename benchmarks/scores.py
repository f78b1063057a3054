"""A score of all creators of a brand: the product against a plain SQL expression.

The floor is a table of what somebody gets who writes the same five components down as one
expression: ranks by a window instead of the stored spread, a mean by weight of what is known. It
keeps no history, no points of the components, no spread, and knows no creator who must not have a
score. A second floor keeps the score of each creator in a table with a key, written anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from benchmarks.measure import Contender, Table, measure
from benchmarks.population import populate, vacuum
from crm.models import Brand
from crm.services import brands
from segmentation.choices import ErrandStatus
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorScore, ScoreModel
from segmentation.services.scores import counting, writing

AT = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = AT - timedelta(days=120)
POSTS = 3
CHURN = 20  # one creator in so many gets another number
DEFINITION = {
    "least_known": 0.5,
    "components": [
        {
            "key": "reach",
            "label": "Reach",
            "fact": "followers",
            "weight": 30,
            "scale": {"kind": "percentile", "peers": ["primary_platform"]},
            "missing": "no_score",
        },
        {
            "key": "engagement",
            "label": "Engagement",
            "fact": "engagement_rate",
            "weight": 30,
            "scale": {"kind": "percentile", "peers": ["primary_platform"]},
        },
        {
            "key": "activity",
            "label": "Activity",
            "fact": "posts_90d",
            "weight": 15,
            "scale": {"kind": "anchors", "points": [[0, 0], [3, 60], [12, 100]]},
        },
        {
            "key": "bond",
            "label": "Bond",
            "fact": "stage",
            "weight": 15,
            "scale": {"kind": "values", "points": {"core": 80, "advocate": 100}, "other": 10},
        },
        {
            "key": "verified",
            "label": "Verified",
            "fact": "is_verified",
            "weight": 10,
            "scale": {"kind": "values", "points": {"true": 100, "false": 40}, "other": 40},
        },
    ],
}
EXPRESSION = """
SELECT creator_id, (coalesce(30 * reach, 0) + coalesce(30 * engagement, 0)
    + coalesce(15 * activity, 0) + coalesce(15 * bond, 0) + coalesce(10 * verified, 0))
  / nullif(30 * (reach IS NOT NULL)::int + 30 * (engagement IS NOT NULL)::int
    + 15 * (activity IS NOT NULL)::int + 15 * (bond IS NOT NULL)::int
    + 10 * (verified IS NOT NULL)::int, 0) AS score
FROM (SELECT creator_id,
    CASE WHEN followers IS NOT NULL THEN 100 * percent_rank() OVER (
      PARTITION BY primary_platform, followers IS NULL ORDER BY followers) END AS reach,
    CASE WHEN engagement_rate IS NOT NULL THEN 100 * percent_rank() OVER (
      PARTITION BY primary_platform, engagement_rate IS NULL ORDER BY engagement_rate) END
      AS engagement,
    CASE WHEN posts_90d <= 3 THEN posts_90d * 20.0::float8
      WHEN posts_90d < 12 THEN 60 + (posts_90d - 3) * 40.0::float8 / 9
      WHEN posts_90d >= 12 THEN 100 END AS activity,
    CASE stage WHEN 'core' THEN 80 WHEN 'advocate' THEN 100
      ELSE CASE WHEN stage IS NOT NULL THEN 10 END END AS bond,
    CASE WHEN is_verified THEN 100 WHEN NOT is_verified THEN 40 END AS verified
  FROM segmentation_creatorfacts WHERE brand_id = %(brand)s AND known_since IS NOT NULL) v"""
# Ranks that are known: what is left is arithmetic, and one pass over the rows.
ARITHMETIC = EXPRESSION.replace(
    "percent_rank() OVER (\n      PARTITION BY primary_platform, followers IS NULL "
    "ORDER BY followers)",
    "ln(followers + 1) / 20",
).replace(
    "percent_rank() OVER (\n      PARTITION BY primary_platform, engagement_rate IS NULL "
    "ORDER BY engagement_rate)",
    "least(engagement_rate, 1)",
)


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=KNOWN)
    populate(brand=brand, rows=rows, posts=POSTS, at=AT, known=KNOWN)
    refresh_facts(brand=brand, as_of=AT)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_score (creator_id bigint PRIMARY KEY, score float8 NOT NULL)"
        )
    vacuum()
    scores = Scores(brand)
    first = measure(
        "first count",
        [
            Contender("floor: ranks and expression, stored", scores.store_by_hand),
            Contender("product: spread, scores, history", scores.count, check=scores.assert_done),
        ],
        repetitions=1,
    )
    vacuum()
    again = measure(
        f"count again, 1 in {CHURN} changed",
        [
            Contender("floor: ranks and expression, into a table", scores.evaluate, scores.churn),
            Contender("the arithmetic alone, ranks known", scores.reckon, scores.churn),
            Contender("ranks and expression, all stored anew", scores.store_by_hand, scores.churn),
            Contender("product: scores alone", scores.find, scores.churn),
            Contender(
                "product: scores, who differs, history, how steady",
                scores.count,
                scores.churn,
                check=scores.assert_done,
            ),
            Contender("product: nothing changed", scores.count, check=scores.assert_done),
        ],
        repetitions=repetitions,
    )
    sizes = {"creators": f"{rows:,}", "scored": f"{scores.model.scored:,}", "components": 5}
    return [first, again], sizes


class Scores:
    """The same score, by the product and by hand."""

    def __init__(self, brand: Brand) -> None:
        self.brand, self.turn, self.now = brand, 1_000, AT
        version = writing.create_model(
            brand=brand,
            key="fit",
            name="Fit",
            purpose="Whom to ask first.",
            definition=DEFINITION,
            reason="First try",
            actor=None,
            at=AT,
        )
        self.model = writing.activate(version_id=version.pk, actor=None, at=AT)

    def churn(self) -> None:
        """One creator in twenty has another engagement rate."""
        self.turn += 1
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE segmentation_creatorfacts "
                "SET engagement_rate = 0.2 * bench_chance(creator_id, %(turn)s) "
                "WHERE brand_id = %(brand)s AND creator_id %% %(churn)s = %(rest)s",
                {
                    "turn": self.turn,
                    "brand": self.brand.pk,
                    "churn": CHURN,
                    "rest": self.turn % CHURN,
                },
            )

    def evaluate(self) -> None:
        self._into_table(EXPRESSION)

    def reckon(self) -> None:
        self._into_table(ARITHMETIC)

    def _into_table(self, query: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMP TABLE bench_found ON COMMIT DROP AS {query}",
                {"brand": self.brand.pk},
            )

    def store_by_hand(self) -> None:
        """Everybody's row written anew."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE bench_score")
            cursor.execute(
                f"INSERT INTO bench_score SELECT * FROM ({EXPRESSION}) e WHERE score IS NOT NULL",
                {"brand": self.brand.pk},
            )

    def find(self) -> None:
        """What the product computes, and nothing kept of it."""
        facts = writing.components(self.brand)
        version = self.model.active_version
        assert version is not None
        definition = writing.definition_of(version, facts)
        one = counting._Counting(self.brand, version, definition, facts, self.now)
        with transaction.atomic(), connection.cursor() as cursor:
            counting._find(cursor, one)

    def count(self) -> None:
        """What the worker does."""
        self.now += timedelta(minutes=1)
        ScoreModel.objects.filter(pk=self.model.pk).update(status=ErrandStatus.QUEUED, attempts=0)
        done = counting.count(model_id=self.model.pk, at=self.now)
        assert done is not None
        self.model = done

    def assert_done(self) -> None:
        """Everybody has a score or is counted as somebody who cannot have one."""
        model = ScoreModel.objects.get(pk=self.model.pk)
        assert (model.status, model.error) == (ErrandStatus.DONE, "")
        held = CreatorScore.objects.filter(model=model, replaced_at=None).count()
        assert held
        assert held == model.scored

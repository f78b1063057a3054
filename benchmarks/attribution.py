"""Credit of a million journeys under seven models, against a plain loop over the same journeys."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.measure import Contender, Table, measure
from campaigns.attribution.columns import NOBODY, Columns, sort, span, ticks
from campaigns.attribution.credit import attribute, attribute_all
from campaigns.attribution.formulas import FORMULAS, Model
from campaigns.attribution.journeys import build
from campaigns.attribution.roles import roles
from campaigns.attribution.table import Journey, JourneyTable, table_of

CREATORS = 300
SHARE = 0.02
GOAL_SECONDS = 2.0
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    whole = journeys_of(rows, seed=1)
    objects = objects_of(whole)
    part = objects[: round(rows * SHARE)]
    check(part)
    models = [
        Contender("product: all seven models", lambda: attribute_all(fresh(whole))),
        *(
            Contender(f"product: {formula.label}", only(whole, model))
            for model, formula in FORMULAS.items()
        ),
        Contender("product: roles and assisted conversions", lambda: roles(fresh(whole))),
        Contender("product: all models, journeys as objects", lambda: attribute_all(of(objects))),
        Contender("plain loop, all but Markov's inverse", lambda: loop(part), share=SHARE),
    ]
    credit = measure("credit of journeys", models, repetitions=repetitions)
    events = events_of(rows, seed=2)
    ordered = sort(events)
    building = measure(
        "journeys from touches and orders",
        [
            Contender(
                "numpy: sort the touches once",
                lambda: np.lexsort((events.touch_at, events.touch_person)),
            ),
            Contender(
                "product: sort, window, visits, codes", lambda: build(sort(events), as_of=AS_OF)
            ),
            Contender(
                "product: the same, in order already", lambda: build(sort(ordered), as_of=AS_OF)
            ),
        ],
        repetitions=repetitions,
    )
    begin = time.process_time()
    attribute_all(fresh(whole))
    busy = time.process_time() - begin
    note = (
        f"All seven models: {credit.rows[0].median:.2f} s, of which the processor was busy "
        f"{busy:.2f} s (other work on the machine is not in it); goal {GOAL_SECONDS:g} s for a "
        "million journeys."
    )
    return [replace(credit, note=note), building], {
        "journeys": f"{rows:,}",
        "touches": f"{len(whole.touches):,}",
        "creators": CREATORS,
        "people of the events": f"{rows:,}",
        "touches of the events": f"{len(events.touch_at):,}",
    }


def journeys_of(rows: int, *, seed: int) -> JourneyTable:
    """Make up journeys of 3.3 touches on average; one in five converts."""
    chance = np.random.default_rng(seed)
    starts = np.concatenate([[0], np.cumsum(chance.geometric(0.3, rows).clip(1, 20))])
    touches = int(starts[-1])
    converts = (chance.random(rows) < 0.2).astype(np.float64)
    return JourneyTable(
        keys=tuple(range(CREATORS)),
        touches=chance.zipf(1.4, touches) % CREATORS,
        starts=starts,
        conversions=converts,
        valued=converts,
        values=converts * chance.gamma(2.0, 30.0, rows),
        lost=1.0 - converts,
        ages=chance.random(touches) * 30,
    )


def fresh(table: JourneyTable) -> JourneyTable:
    """Return the same journeys without what a computation before has kept."""
    return JourneyTable(**{name: getattr(table, name) for name in table.__dataclass_fields__})


def only(table: JourneyTable, model: Model) -> Callable[[], object]:
    """Return the work of one model."""
    return lambda: attribute(fresh(table), model)


def objects_of(table: JourneyTable) -> list[Journey]:
    """Return the journeys as they are in Python, without times, so that alike ones are alike."""
    names, starts = table.touches.tolist(), table.starts.tolist()
    numbers = zip(
        table.conversions.tolist(), table.values.tolist(), table.lost.tolist(), strict=True
    )
    return [
        Journey(tuple(names[start:end]), converted, value, lost)
        for start, end, (converted, value, lost) in zip(starts, starts[1:], numbers, strict=False)
    ]


def of(journeys: list[Journey]) -> JourneyTable:
    """Put journeys into columns."""
    return table_of(journeys)


def events_of(people: int, *, seed: int) -> Columns:
    """Make up touches of as many people in a quarter; every fifth ordered once, some by code."""
    chance = np.random.default_rng(seed)
    quarter = span(timedelta(days=90))
    begin = ticks(AS_OF) - quarter
    touch_person = np.repeat(np.arange(people), chance.geometric(0.3, people).clip(1, 20))
    orders = people // 5
    return Columns(
        creators=tuple(range(CREATORS)),
        touch_person=touch_person,
        touch_at=begin + chance.integers(0, quarter, len(touch_person)),
        touch_creator=chance.zipf(1.4, len(touch_person)) % CREATORS,
        person=chance.permutation(people)[:orders],
        at=begin + chance.integers(0, quarter, orders),
        values=chance.gamma(2.0, 30.0, orders),
        code=np.where(chance.random(orders) < 0.2, chance.integers(0, CREATORS, orders), NOBODY),
        is_refunded=chance.random(orders) < 0.03,
    )


def loop(journeys: list[Journey]) -> dict[str, dict[object, float]]:
    """Divide by the rules of one journey, and count the moves of the chain, as one would first."""
    found: dict[str, dict[object, float]] = defaultdict(lambda: defaultdict(float))
    for journey in journeys:
        met, conversions = journey.creators, journey.conversions
        found[Model.LAST][met[-1]] += conversions
        found[Model.FIRST][met[0]] += conversions
        weights = [2 ** (-place / 7) for place in range(len(met))]
        for place, creator in enumerate(met):
            found[Model.LINEAR][creator] += conversions / len(met)
            found[Model.DECAY][creator] += conversions * weights[place] / sum(weights)
            if len(met) > 2:
                end = place in {0, len(met) - 1}
                share = 0.4 if end else 0.2 / (len(met) - 2)
            else:
                share = 1 / len(met)
            found[Model.POSITION][creator] += conversions * share
        for creator in set(met):
            found[Model.SHAPLEY][creator] += conversions / len(set(met))
        for move in zip(met, (*met[1:], "+"), strict=True):
            found[Model.MARKOV][move] += conversions
        for move in zip(met, (*met[1:], "-"), strict=True):
            found[Model.MARKOV][move] += journey.lost
    return found


def check(journeys: list[Journey]) -> None:
    """The loop and the product say the same, where the loop finishes the work."""
    expected, table = loop(journeys), of(journeys)
    for model in (Model.LAST, Model.FIRST, Model.LINEAR, Model.POSITION, Model.SHAPLEY):
        for key, credit in attribute(table, model).by_key().items():
            assert abs(credit.conversions - expected[model][key]) < 1e-6

"""From touches and conversions to journeys: windows, visits, codes, refunds, open ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from campaigns.attribution.columns import columns_of, sort
from campaigns.attribution.events import Conversion, Period, Refund, Touch
from campaigns.attribution.journeys import journeys
from campaigns.attribution.settings import CodeRule, Settings

STEADY = examples(max_examples=200, deadline=None, derandomize=True)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=365)
PLAIN = Settings(window=timedelta(days=30), visit=timedelta())


def day(number: float) -> datetime:
    return NOON + timedelta(days=number)


def touch(at, creator, person="p"):
    return Touch(person, day(at), creator)


def order(at, *, person="p", value=None, code=None, refunds=(), key=None):
    return Conversion(
        key=key or f"{person}-{at}",
        at=day(at),
        person=person,
        value=None if value is None else Decimal(value),
        code=code,
        refunds=refunds,
    )


def rows(built):
    """Journeys as (creators, ages, conversions, valued, value, lost), in a fixed order."""
    table = built.table
    found = []
    for number, (start, end) in enumerate(zip(table.starts, table.starts[1:], strict=False)):
        found.append(
            (
                tuple(table.keys[touch] for touch in table.touches[start:end]),
                tuple(round(float(age), 6) for age in table.ages[start:end]),
                table.conversions[number],
                table.valued[number],
                table.values[number],
                table.lost[number],
            )
        )
    return sorted(found)


def built(touches, conversions, settings=PLAIN, as_of=LATER):
    return journeys(touches, conversions, as_of=as_of, settings=settings)


def test_touches_of_the_window_lead_to_the_conversion():
    found = built(
        [touch(-1, "early"), touch(0, "ana"), touch(20, "ben"), touch(31, "late")],
        [order(30, value=50)],
    )
    assert rows(found) == [
        (("ana", "ben"), (30.0, 10.0), 1, 1, 50, 0),  # the edge of the window belongs to it
        (("early",), (0.0,), 0, 0, 0, 1),  # its window passed without a conversion
        (("late",), (0.0,), 0, 0, 0, 1),
    ]
    assert (found.conversions, found.unattributed, found.undecided) == (1, 0, 0)


def test_a_touch_at_the_moment_of_the_conversion_counts():
    assert rows(built([touch(5, "ana")], [order(5)])) == [(("ana",), (0.0,), 1, 0, 0, 0)]


def test_nobody_gets_what_came_without_touch_or_code():
    found = built([touch(0, "ana", "other")], [order(1, value=9), order(2, person=None, value=4)])
    assert rows(found) == [(("ana",), (0.0,), 0, 0, 0, 1)]
    assert (found.conversions, found.unattributed, found.unattributed_value) == (2, 2, 13)


def test_each_conversion_sees_the_whole_window_unless_a_fresh_start_is_set():
    touches, orders = [touch(0, "ana"), touch(2, "ben")], [order(1), order(3)]
    assert rows(built(touches, orders)) == [
        (("ana",), (1.0,), 1, 0, 0, 0),
        (("ana", "ben"), (3.0, 1.0), 1, 0, 0, 0),
    ]
    fresh = Settings(visit=timedelta(), fresh_start=True)
    assert rows(built(touches, orders, fresh)) == [
        (("ana",), (1.0,), 1, 0, 0, 0),
        (("ben",), (1.0,), 1, 0, 0, 0),
    ]


def test_a_fresh_start_can_leave_a_conversion_to_nobody():
    fresh = Settings(visit=timedelta(), fresh_start=True)
    found = built([touch(0, "ana")], [order(1), order(2)], fresh)
    assert rows(found) == [(("ana",), (1.0,), 1, 0, 0, 0)]
    assert found.unattributed == 1


def test_touches_of_a_visit_are_one_at_the_latest_time():
    minute = 1 / 24 / 60
    settings = Settings(visit=timedelta(minutes=30))
    touches = [
        touch(0, "ana"),
        touch(20 * minute, "ana"),
        touch(45 * minute, "ana"),
        touch(90 * minute, "ana"),
        touch(95 * minute, "ben"),
        touch(99 * minute, "ana"),
    ]
    found = built(touches, [order(1)], settings)
    assert [row[0] for row in rows(found)] == [("ana", "ana", "ben", "ana")]
    ages = rows(found)[0][1]
    assert ages == pytest.approx([1 - at * minute for at in (45, 90, 95, 99)], abs=1e-5)


@pytest.mark.parametrize(
    ("rule", "with_link", "without_link"),
    [
        (CodeRule.CODE_TAKES_ALL, ("ana", "cem"), ("cem",)),
        (CodeRule.CODE_IS_LAST, ("ana", "cem"), ("cem",)),
        (CodeRule.CODE_WITHOUT_LINK, ("ana",), ("cem",)),
    ],
)
def test_codes_beside_links(rule, with_link, without_link):
    settings = Settings(visit=timedelta(), code_rule=rule)
    found = built([touch(0, "ana")], [order(1, code="cem")], settings)
    assert [row[0] for row in rows(found)] == [with_link]
    credited = found.table.credited
    only_code = rule is CodeRule.CODE_TAKES_ALL
    assert [credited.keys[at] for at in credited.touches] == (
        ["cem"] if only_code else list(with_link)
    )
    assert rule.label
    unknown_person = built([touch(0, "ana")], [order(1, person=None, code="cem")], settings)
    assert (without_link, (0.0,), 1, 0, 0, 0) in rows(unknown_person)
    assert unknown_person.unattributed == 0


def test_a_refund_of_everything_takes_the_conversion_back():
    whole = order(1, value=50, refunds=(Refund(day(9)),))
    found = built([touch(0, "ana")], [whole])
    assert rows(found) == [(("ana",), (1.0,), 0, 0, 0, 1)]
    assert (found.conversions, found.refunded) == (0, 1)
    # Before the refund it counted: what came later does not exist yet.
    before = built([touch(0, "ana")], [whole], as_of=day(8))
    assert rows(before) == [(("ana",), (1.0,), 1, 1, 50, 0)]
    assert (before.conversions, before.refunded) == (1, 0)


def test_a_part_that_was_refunded_lowers_the_value():
    refunds = (Refund(day(2), Decimal(20)), Refund(day(3), Decimal(5)))
    part = order(1, value=50, refunds=refunds)
    assert rows(built([touch(0, "ana")], [part])) == [(("ana",), (1.0,), 1, 1, 25, 0)]
    all_of_it = order(1, value=25, refunds=refunds)
    assert built([touch(0, "ana")], [all_of_it]).refunded == 1
    unknown = order(1, refunds=refunds)
    found = built([touch(0, "ana")], [unknown])
    assert rows(found) == [(("ana",), (1.0,), 1, 0, 0, 0)]
    assert found.without_value == 1


def test_a_conversion_that_is_reported_twice_counts_once():
    twice = [order(1, value=50, key="A1"), order(2, value=50, key="A1")]
    found = built([touch(0, "ana")], twice)
    assert rows(found) == [(("ana",), (1.0,), 1, 1, 50, 0)]
    assert (found.conversions, found.repeated) == (1, 1)
    assert rows(built([touch(0, "ana")], twice[::-1])) == rows(found)


def test_who_may_still_convert_is_neither_won_nor_lost():
    found = built([touch(0, "ana"), touch(29, "ben", "q")], [], as_of=day(30))
    assert rows(found) == [(("ana",), (0.0,), 0, 0, 0, 1)]
    assert found.undecided == 1
    assert built([touch(0, "ana"), touch(29, "ben")], [], as_of=day(30)).undecided == 1


def test_a_silence_longer_than_the_window_ends_a_lost_journey():
    found = built([touch(0, "ana"), touch(30, "ben"), touch(61, "cem")], [])
    assert [row[0] for row in rows(found)] == [("ana", "ben"), ("cem",)]


def test_what_is_later_does_not_exist_yet():
    found = built([touch(0, "ana"), touch(40, "ben")], [order(41)], as_of=day(35))
    assert rows(found) == [(("ana",), (0.0,), 0, 0, 0, 1)]
    assert found.conversions == 0


def test_a_period_counts_what_happened_in_it_and_knows_what_was_before():
    touches = [
        touch(0, "ana"),  # led to the order before the period: not lost
        touch(10, "ben", "q"),  # leads to the order in the period
        touch(1, "cem", "r"),  # lost on day 31: before the period
        touch(11, "dora", "s"),  # lost on day 41: in the period
        touch(45, "ewa", "t"),  # will be lost on day 75, if at all: after the period
    ]
    orders = [
        order(5, value=10),
        order(39.5, person="q", value=20),
        order(40, person="u", value=3),
        order(69, person="v", refunds=(Refund(day(80)),)),
        order(70, person="v", value=4),
    ]
    period = Period(day(39), day(70))
    found = journeys(touches, orders, as_of=day(100), settings=PLAIN, period=period)
    assert rows(found) == [
        (("ben",), (29.5,), 1, 1, 20, 0),
        (("dora",), (0.0,), 0, 0, 0, 1),
    ]
    assert (found.conversions, found.unattributed, found.unattributed_value) == (2, 1, 3)
    assert (found.refunded, found.undecided) == (1, 0)
    # While the period runs, what may still come is open.
    early = journeys(touches, orders, as_of=day(40.5), settings=PLAIN, period=period)
    assert [row[0] for row in rows(early)] == [("ben",)]
    assert (early.conversions, early.undecided, early.refunded) == (2, 1, 0)
    with pytest.raises(ValueError, match="A period ends after it starts"):
        Period(day(1), day(1))


def test_periods_that_follow_each_other_count_everything_once():
    names = ["ana", "ben", "cem"]
    touches = [touch(each / 3, names[each % 3], each % 7) for each in range(90)]
    orders = [order(each / 2, person=each % 7) for each in range(0, 60, 5)]
    whole = built(touches, orders)
    parts = [
        journeys(
            touches, orders, as_of=LATER, settings=PLAIN, period=Period(day(start), day(start + 13))
        )
        for start in range(0, 78, 13)
    ]
    assert sorted(row for part in parts for row in rows(part)) == rows(whole)
    assert sum(part.conversions for part in parts) == whole.conversions == 12


def test_nothing_at_all():
    found = built([], [])
    assert len(found.table) == 0
    assert (found.conversions, found.unattributed, found.undecided) == (0, 0, 0)
    assert found.unattributed_value is None


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(TypeError):
        built([Touch("p", datetime(2026, 1, 1), "ana")], [])  # noqa: DTZ001 - the point


# What the arrays do, said plainly and slowly.


def plainly(touches, conversions, settings, as_of):
    touches = sorted(touches, key=lambda each: (each.at, each.creator))
    found, used, unattributed, previous = [], set(), 0, {}
    for each in sorted(conversions, key=lambda each: each.at):
        mine = [
            number
            for number, touch in enumerate(touches)
            if touch.person == each.person
            and each.at - settings.window <= touch.at <= each.at
            and not (
                settings.fresh_start
                and each.person in previous
                and touch.at <= previous[each.person]
            )
        ]
        previous[each.person] = each.at
        used.update(mine)
        walk = [(touches[number].creator, touches[number].at) for number in mine]
        if each.code and not (settings.code_rule is CodeRule.CODE_WITHOUT_LINK and walk):
            walk.append((each.code, each.at))
        if not walk:
            unattributed += 1
            continue
        walk = one_a_visit(walk, settings.visit)
        value = 0 if each.value is None else float(each.value)
        ages = tuple(round((each.at - at) / timedelta(days=1), 6) for _, at in walk)
        creators = tuple(creator for creator, _ in walk)
        found.append((creators, ages, 1, int(each.value is not None), value, 0))
    undecided = 0
    for person in {touch.person for touch in touches}:
        rest = [
            (number, touch.creator, touch.at)
            for number, touch in enumerate(t for t in touches)
            if touch.person == person
        ]
        walk, walks = [], []
        for number, creator, at in rest:
            if number in used:
                walks, walk = [*walks, walk], []
                continue
            if walk and at - walk[-1][1] > settings.window:
                walks, walk = [*walks, walk], []
            walk.append((creator, at))
        for each in [*walks, walk]:
            if each and each[-1][1] + settings.window > as_of:
                undecided += 1
            elif each:
                names = tuple(creator for creator, _ in one_a_visit(each, settings.visit))
                found.append((names, (0.0,) * len(names), 0, 0, 0, 1))
    return sorted(found), unattributed, undecided


def one_a_visit(walk, visit):
    if not visit:
        return walk
    return [
        (creator, at)
        for number, (creator, at) in enumerate(walk)
        if number + 1 == len(walk)
        or walk[number + 1][0] != creator
        or walk[number + 1][1] - at > visit
    ]


hours = st.integers(0, 24 * 12).map(lambda hour: NOON + timedelta(hours=hour))
people = st.sampled_from("pqr")
creators = st.sampled_from(["ana", "ben", "cem"])


@STEADY
@given(
    touches=st.lists(st.builds(Touch, people, hours, creators), max_size=12),
    conversions=st.lists(
        st.tuples(
            hours,
            st.one_of(people, st.none()),
            st.one_of(st.none(), st.integers(0, 9).map(Decimal)),
            st.one_of(st.none(), creators),
        ),
        max_size=5,
        unique_by=lambda each: each[:2],
    ),
    settings=st.builds(
        Settings,
        window=st.sampled_from([timedelta(hours=5), timedelta(days=3)]),
        visit=st.sampled_from([timedelta(), timedelta(hours=2)]),
        code_rule=st.sampled_from(CodeRule),
        fresh_start=st.booleans(),
    ),
)
def test_arrays_say_what_the_plain_words_say(touches, conversions, settings):
    as_of = NOON + timedelta(days=13)
    events = [
        Conversion(number, at, person, value, code)
        for number, (at, person, value, code) in enumerate(conversions)
    ]
    found = journeys(touches, events, as_of=as_of, settings=settings)
    assert (rows(found), found.unattributed, found.undecided) == plainly(
        touches, events, settings, as_of
    )


def test_touches_that_come_in_order_are_left_as_they_are():
    found = columns_of(
        [touch(2, "ana"), touch(1, "ben"), touch(1, "ana"), touch(0, "cem", "a")],
        [],
        as_of=LATER,
    )
    names = [found.creators[place] for place in found.touch_creator]
    assert names == ["cem", "ana", "ben", "ana"]
    again = sort(found)
    assert np.shares_memory(again.touch_at, found.touch_at)
    assert (again.touch_at == found.touch_at).all()

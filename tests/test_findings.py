"""What a benchmark found is held against its goal by the number that is shown."""

from __future__ import annotations

import pytest

from benchmarks.findings import Findings, Found, Grid


@pytest.mark.parametrize(
    ("value", "goal", "verdict"),
    [
        (0.8496, {"least": 0.85}, "reached"),
        (0.8494, {"least": 0.85}, "not reached"),
        (0.0601, {"most": 0.06}, "reached"),
        (0.061, {"most": 0.06}, "not reached"),
        (0.831, {"least": 0.77, "most": 0.83}, "not reached"),
        (0.4, {}, ""),
    ],
)
def test_a_goal_is_reached_or_not_by_the_number_as_it_is_shown(value, goal, verdict):
    assert Found("AUC", value, **goal).verdict == verdict


def test_tables_are_markdown_with_as_many_cells_in_each_line():
    found = Findings("held", [Found("all", 0.8, 0.77, 0.83, before="0.803", of="12 owners")])
    grid = Grid("held, of 100", ["95 %", "80 %"], {"few": [94.96, 80]})
    assert found.show().splitlines() == [
        "| held | found | goal | | before | of |",
        "|---|---:|---:|---|---:|---|",
        "| all | 0.800 | 0.77 to 0.83 | reached | 0.803 | 12 owners |",
    ]
    assert grid.show().splitlines() == [
        "| held, of 100 | 95 % | 80 % |",
        "|---|---:|---:|",
        "| few | 95.0 | 80.0 |",
    ]

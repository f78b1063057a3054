"""Student's t against scipy."""

from __future__ import annotations

import pytest
from scipy import stats

from crm.agreement.student import beyond, student


@pytest.mark.parametrize("freedom", [1.5, 2, 3.7, 5, 38, 1_000, 2_000_000])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.9999])
def test_quantiles_and_tails_are_those_of_scipy(freedom, level):
    edge = stats.t(freedom).ppf((1 + level) / 2)
    assert student(freedom, level) == pytest.approx(edge, rel=1e-8)
    tail = stats.nct(freedom, 2.8).sf(edge)
    assert beyond(edge, freedom, 2.8) == pytest.approx(tail, abs=1e-8)

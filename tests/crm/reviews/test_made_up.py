"""The demo brand's vettings: settled as services would settle them, with somebody who drifts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import FieldValue, Notification, Vetting, VettingResult
from crm.services import made_up_reviews, made_up_vettings
from crm.services.reviews.drift import criteria_in_use, standings
from crm.services.reviews.settling import may_adjudicate, outcomes
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_somebody_drifts_and_results_are_those_of_the_reviews(
    brand, strategist, manager, analyst, admin_user
):
    RelationshipFactory.create_batch(made_up_reviews.NUMBER + 3, brand=brand)
    assert made_up_reviews.fill(brand=brand, seed=1, at=NOW) == made_up_reviews.NUMBER
    for vetting in Vetting.objects.select_related("form")[:8]:
        found = {one.criterion: one for one in VettingResult.objects.filter(vetting=vetting)}
        for criterion, one in outcomes(vetting).items():
            held = found[criterion]
            assert one.basis is None or (held.basis, held.score, held.choice) == (
                one.basis,
                one.score,
                one.choice,
            )
            assert one.basis is not None or held.basis == "adjudicated"
    told = standings(brand, criteria_in_use(brand), NOW)
    [mild] = [
        one.standing for one in told if (one.criterion.key, one.reviewer) == ("tone", analyst)
    ]
    assert mild.drift.low > 0
    assert FieldValue.objects.filter(field__key="vetted_on").count() == made_up_reviews.NUMBER
    assert not Notification.objects.exists()
    assert made_up_reviews.fill(brand=brand, seed=1, at=NOW + timedelta(days=1)) == 72
    # Of those that are under way one waits for both, one for one, and one for a third person.
    assert made_up_vettings.fill(brand=brand, at=NOW) == 3
    under_way = Vetting.objects.exclude(status="settled").order_by("pk")
    assert list(under_way.values_list("status", flat=True)) == ["open", "open", "disputed"]
    # Who asked is not who decides: the strategist finds it among what waits for them.
    assert may_adjudicate(under_way[2], strategist) == ""
    written = [one.reviews.filter(status="submitted").count() for one in under_way]
    assert written == [0, 1, 2]
    assert made_up_vettings.fill(brand=brand, at=NOW) == 3

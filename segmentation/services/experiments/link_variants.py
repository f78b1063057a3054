"""Links of creators in an experiment that runs bear the key of their arm."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Q

from campaigns.models import Campaign
from crm.models import Brand
from segmentation.choices import ExperimentDesign, ExperimentStatus
from segmentation.models import ExperimentAssignment


def arms_of(
    brand: Brand, campaign: Campaign | None, relationships: Collection[int]
) -> Mapping[int, str]:
    """The arm of each creator whom chance gave one, in the campaign's experiments that run.

    Experiments without a campaign hold everywhere. Who is in several has the arm of the one that
    began first. One query.
    """
    rows = ExperimentAssignment.objects.filter(
        Q(experiment__campaign=None) | Q(experiment__campaign=campaign),
        experiment__brand=brand,
        experiment__status=ExperimentStatus.RUNNING,
        experiment__design=ExperimentDesign.CHANCE,
        relationship__in=relationships,
    ).order_by("-experiment__started_at", "-experiment")
    return dict(rows.values_list("relationship", "arm__key"))

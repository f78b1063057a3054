"""What this app adds to the frame of every page."""

from __future__ import annotations

from django import template
from django.db.models import Exists, OuterRef

from crm.models import Brand
from segmentation.choices import RunStatus
from segmentation.models import Run, RunOrder

register = template.Library()


@register.simple_tag
def waiting_runs(brand: Brand) -> int:
    """How many change sets of the brand wait for a decision. One statement, by small indexes."""
    decided = RunOrder.objects.open().filter(run=OuterRef("pk"))
    waiting = Run.objects.filter(brand=brand, status=RunStatus.WAITING)
    return waiting.exclude(Exists(decided)).count()

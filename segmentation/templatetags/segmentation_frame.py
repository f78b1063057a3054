"""What this app adds to the frame of every page."""

from __future__ import annotations

from django import template

from crm.models import Brand
from segmentation.choices import RunStatus
from segmentation.models import Run

register = template.Library()


@register.simple_tag
def waiting_runs(brand: Brand) -> int:
    """How many change sets of the brand wait for a decision. One statement, by a small index."""
    return Run.objects.filter(brand=brand, status=RunStatus.WAITING).count()

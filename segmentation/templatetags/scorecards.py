"""What templates of scorecards say about links."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from segmentation.metrics.catalogue import metric_of
from segmentation.models import ScorecardShare
from segmentation.selectors.scorecards.lines import in_words, label_of
from segmentation.services.scorecard_shares import path_of

register = template.Library()


@register.filter
def share_address(share: ScorecardShare, request: HttpRequest) -> str:
    """The whole address of a link, to be copied."""
    return request.build_absolute_uri(path_of(share))


@register.filter
def metric_label(key: str) -> str:
    """What people read for the key of a row."""
    return label_of(key)


@register.filter
def metric_value(value: float, key: str) -> str:
    """A value of a metric with its unit."""
    return in_words(value, metric_of(key).unit)

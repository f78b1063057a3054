"""How reliable a creator was to work with: what the published weights made of what is on file."""

from __future__ import annotations

from django.db import models

from campaigns.models.readings import Reading, ReadingQuerySet, constraints_of, indexes_of


class ReliabilityReading(Reading):
    """A creator's reliability for a brand."""

    # How many things that happened it rests on.
    events = models.PositiveIntegerField()
    # Every component with value, interval, n, weight, source and day, and the quarters.
    components = models.JSONField()

    objects = ReadingQuerySet["ReliabilityReading"].as_manager()

    class Meta(Reading.Meta):
        constraints = constraints_of("reliability")
        indexes = indexes_of("reliability")

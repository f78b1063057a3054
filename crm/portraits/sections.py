"""The parts of a creator's page: first what is asked every day, the rest one link away."""

from __future__ import annotations

from django.db.models import TextChoices
from django.urls import reverse


class Section(TextChoices):
    """A part with an address of its own, `?section=work`; the first one has none."""

    OVERVIEW = "overview", "Overview"
    WORK = "work", "Work"
    CONTENT = "content", "Content"
    SCORES = "scores", "Scores and forecasts"
    TRUST = "trust", "Risk and trust"
    ABOUT = "about", "About"

    @property
    def parameter(self) -> str | None:
        """What stands in the address; None: nothing."""
        return None if self is Section.OVERVIEW else self.value

    @property
    def template(self) -> str:
        """What shows it."""
        return f"crm/creators/sections/{self.value}.html"

    def address(self, brand: str, uid: object) -> str:
        """Where it is, for a creator of a brand (its slug)."""
        page = reverse("crm:creator", args=[brand, uid])
        return page if self.parameter is None else f"{page}?section={self.parameter}"

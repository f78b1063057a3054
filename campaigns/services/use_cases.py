"""Templates of campaigns: what each use case begins with, and its steps planned from its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from campaigns.choices import CampaignTrigger, UseCase
from campaigns.services.objectives import OBJECTIVES
from crm.data_files import read_yaml

FILE = Path(__file__).with_name("use_cases.yaml")


@dataclass(frozen=True)
class Step:
    """Something to be done so many days from the first or the last day."""

    title: str
    days: int
    is_from_end: bool

    def due_on(self, starts_on: date, ends_on: date) -> date:
        """The day on which it is due."""
        return (ends_on if self.is_from_end else starts_on) + timedelta(days=self.days)


@dataclass(frozen=True)
class Template:
    """What a use case begins with."""

    use_case: UseCase
    purpose: str
    trigger: CampaignTrigger
    objective: str
    # Days from the first to the last, where nobody says otherwise.
    lasts: int
    needs_embargo: bool
    steps: tuple[Step, ...]

    @property
    def lead(self) -> int:
        """How many days before its start the first step is due."""
        return max(-step.days for step in self.steps if not step.is_from_end)


@cache
def templates() -> dict[UseCase, Template]:
    """One for each use case, in their order."""
    said = read_yaml(FILE)
    made = {}
    for use_case in UseCase:
        form = said[use_case.value]
        if form["objective"] not in OBJECTIVES:
            msg = f"{FILE.name} names an objective that is none: {form['objective']}"
            raise ValueError(msg)
        made[use_case] = Template(
            use_case=use_case,
            purpose=form["purpose"],
            trigger=CampaignTrigger(form["trigger"]),
            objective=form["objective"],
            lasts=form["lasts"],
            needs_embargo=form.get("needs_embargo", False),
            steps=tuple(
                Step(step["title"], step["days"], step.get("from") == "end")
                for step in form["steps"]
            ),
        )
    return made

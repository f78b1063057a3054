"""`manage.py install_pack`: give a brand ready-made dimensions and segments."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.limits import Busy
from crm.selectors import people_of
from segmentation.management.commands._arguments import brand_named
from segmentation.rules import text
from segmentation.services import packs
from segmentation.services.packs.files import DEFAULT, PackUnknown, names
from segmentation.services.packs.plans import PackPlan, State


class Command(BaseCommand):
    """Adds what the brand has not got; changes nothing it has."""

    help = (
        f"Install a rule pack: {DEFAULT} (the set for a new brand), {', '.join(names())}. Shows "
        "what it adds and what it words differently, never overwrites; doing it again adds only "
        "what is new, e.g. niches. The last line of the output is JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME, --brand, --owner and --dry-run."""
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--brand", metavar="SLUG", required=True)
        parser.add_argument(
            "--owner",
            metavar="EMAIL",
            help="Somebody of the brand: it is done in their name, and the new segments are theirs "
            "(default: nobody's).",
        )
        parser.add_argument("--dry-run", action="store_true", help="Only show what it would add.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Install, and print what was added."""
        brand = brand_named(options["brand"])
        owner = None
        if options["owner"]:
            owner = people_of(brand).filter(email=options["owner"].lower()).first()
            if owner is None:
                raise CommandError(f"There is no {options['owner']} among the people of {brand}.")
        try:
            if options["dry_run"]:
                plans = packs.plan_pack(brand=brand, name=options["name"])
            else:
                plans = packs.install_pack(
                    brand=brand, name=options["name"], actor=owner, at=timezone.now()
                )
        except (PackUnknown, Busy) as unknown:
            raise CommandError(str(unknown)) from unknown
        for plan in plans:
            self._show(plan)
        self.stdout.write(
            json.dumps(
                {
                    "added": {plan.pack.key: [one.key for one in plan.adds] for plan in plans},
                    "kept": {plan.pack.key: list(plan.keeps) for plan in plans},
                    "newer": {
                        plan.pack.key: [line.draft.key for line in plan.adopts] for plan in plans
                    },
                    "impossible": {
                        plan.pack.key: {
                            line.draft.key: line.problem
                            for line in plan.lines
                            if line.state is State.IMPOSSIBLE
                        }
                        for plan in plans
                    },
                }
            )
        )

    def _show(self, plan: PackPlan) -> None:
        """What is added (+), kept (=), worded anew by the pack (~) and impossible (!)."""
        sign = "+" if plan.adds_dimension else "="
        self.stdout.write(f"{sign} {plan.pack.name} ({plan.pack.origin})")
        for line in plan.lines:
            draft = line.draft
            rule = " ".join(text.print_rule(draft.rule).split())
            if line.state is State.NEW:
                self.stdout.write(f"  + {draft.key:<28}{rule}")
            elif line.state is State.IMPOSSIBLE:
                self.stdout.write(f"  ! {draft.key:<28}{line.problem}")
            elif line.can_adopt:
                before = " ".join(line.version.rule_text.split()) if line.version else ""
                newer = f"{before}  ->  {rule}" if line.state is State.NEWER else ""
                lacks = f"would fill in: {', '.join(line.lacks)}" if line.lacks else ""
                self.stdout.write(f"  ~ {draft.key:<28}{'; '.join(filter(None, [newer, lacks]))}")
        if plan.keeps:
            self.stdout.write(f"  = {len(plan.keeps)} kept as they are")
        if plan.adopts:
            self.stdout.write("  ~ can be adopted on the page of the pack")

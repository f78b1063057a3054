"""`manage.py run_segmentation`: evaluate a brand's segments here and now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from segmentation.choices import RunStatus
from segmentation.facts.catalogue import catalogue
from segmentation.management.commands._arguments import brand_named, moment_from
from segmentation.models import Dimension, Run, Segment
from segmentation.selectors.runs import run_page
from segmentation.services import counting, runs
from segmentation.services.quarters import quarter_starts

# Ten years: more is a slip of the finger.
MOST_QUARTERS = 40


class Command(BaseCommand):
    """Runs in this process, without a worker."""

    help = (
        "Evaluate the segments of a brand and move creators in and out of them. A run that moves "
        "more creators than the brand allows waits for approval, unless --apply is given. The last "
        "line of the output is JSON: segments, duration_ms, status."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--brand, --as-of, --quarters, --dimension, --dry-run and --apply."""
        parser.add_argument("--brand", metavar="SLUG", required=True)
        parser.add_argument(
            "--as-of",
            metavar="ISO",
            help="The moment to evaluate: 2026-09-30 or 2026-09-30T18:00+02:00. Default: now.",
        )
        parser.add_argument(
            "--quarters",
            metavar="N",
            type=int,
            default=0,
            help=(
                "First run as of the start of each of the last N fiscal quarters, the present one "
                "included, as far as the facts of then are known: a ledger with a past, for "
                "scorecards of earlier quarters."
            ),
        )
        parser.add_argument("--dimension", metavar="KEY", help="Only this dimension.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say who would move, and move nobody."
        )
        parser.add_argument(
            "--apply", action="store_true", help="Apply however many creators it moves."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run, and print what was found for each segment."""
        brand, now = brand_named(options["brand"]), timezone.now()
        as_of = moment_from(options["as_of"], brand) if options["as_of"] else now
        dimension = None
        if options["dimension"]:
            dimension = Dimension.objects.filter(brand=brand, key=options["dimension"]).first()
            if dimension is None:
                keys = Dimension.objects.filter(brand=brand).values_list("key", flat=True)
                raise CommandError(
                    f"{brand} has no dimension {options['dimension']!r}. "
                    f"There are: {', '.join(keys) or 'none'}."
                )
        if not 0 <= options["quarters"] <= MOST_QUARTERS:
            raise CommandError(f"--quarters must be from 0 to {MOST_QUARTERS}.")
        for moment in (*quarter_starts(brand, options["quarters"], until=as_of), as_of):
            try:
                run = runs.start_run(
                    brand=brand,
                    as_of=moment,
                    at=now,
                    dimension=dimension,
                    is_dry=options["dry_run"],
                    apply_now=options["apply"],
                )
            except runs.RunRefused as refusal:
                raise CommandError(str(refusal)) from refusal
            run = runs.execute_run(run_id=run.pk, at=now)
            if run.status in {RunStatus.FAILED, RunStatus.CANCELLED}:
                raise CommandError(run.error)
            counting.count_run(run_id=run.pk, at=now)
            self.stdout.write(_told(run))
        self.stdout.write(json.dumps(_as_json(run)))


def _told(run: Run) -> str:
    """The run for people: what its page shows, in lines."""
    page = run_page(run, catalogue(run.brand))
    lines = [
        (
            f"{run.get_status_display()}: {run.moved:,} of {run.population:,} creators move, "
            f"as of {run.as_of:%Y-%m-%d %H:%M} UTC."
        ),
        (
            f"{page.joined:,} join, {page.left:,} leave, {page.unknown:,} cases undecided, "
            f"{page.near:,} near misses."
        ),
        *(f"Look at this first: {odd.segment.key} {odd.words}" for odd in page.odd),
        f"{'segment':<32}{'members':>12}{'joined':>12}{'left':>12}{'undecided':>12}{'near':>12}",
    ]
    for line in (line for block in page.blocks for line in block.lines):
        row = line.found
        numbers = (row.members, row.joined, row.left, row.unknown, line.near_total)
        lines.append(f"{row.segment.key:<32}{''.join(f'{number:>12,}' for number in numbers)}")
    for block in page.flows:
        lines.append(f"Within {block.dimension.name}:")
        lines += [
            f"  {flow.creators:>10,}  from {_key(flow.before)} to {_key(flow.after)}"
            for flow in block.flows
        ]
    if page.missing:
        facts = ", ".join(f"{fact.label} ({fact.creators:,})" for fact in page.missing)
        lines.append(f"Facts to find out: {facts}")
    return "\n".join(lines)


def _key(segment: Segment | None) -> str:
    return segment.key if segment else "none"


def _as_json(run: Run) -> dict[str, Any]:
    return {
        "run": run.pk,
        "status": run.status,
        "as_of": run.as_of.isoformat(),
        "duration_ms": run.duration_ms,
        "segments": {
            row.segment.key: {
                "members": row.members,
                "joined": row.joined,
                "left": row.left,
                "unknown": row.unknown,
                "missing": row.missing,
                "near": row.near,
                **({"error": row.error} if row.error else {}),
            }
            for row in run.segments.select_related("segment")
        },
    }

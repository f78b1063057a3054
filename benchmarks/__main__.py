"""`python -m benchmarks [NAME] [--rows N] [--repetitions N] [--no-record]`."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import tempfile

from benchmarks.server import postgres

# Name to module: imported after Django is set up.
BENCHMARKS = {
    "import": "benchmarks.creator_import",
    "run": "benchmarks.segment_run",
    "pages": "benchmarks.pages",
    "scorecard": "benchmarks.scorecard",
    "many": "benchmarks.many_segments",
    "changed": "benchmarks.changed_creators",
    "count": "benchmarks.live_count",
    "latency": "benchmarks.latency",
    "load": "benchmarks.load",
    "facts": "benchmarks.facts",
    "reports": "benchmarks.reports",
    "attribution": "benchmarks.attribution",
    "disclosure": "benchmarks.disclosure",
    "hints": "benchmarks.hints",
    "ledger": "benchmarks.ledger",
    "authenticity": "benchmarks.authenticity",
    "comments": "benchmarks.comments",
    "lookalikes": "benchmarks.lookalikes",
    "intervals": "benchmarks.intervals",
    "lift": "benchmarks.lift",
    "shrinking": "benchmarks.shrinking",
    "graph": "benchmarks.graph",
    "content": "benchmarks.content_tests",
    "experiments": "benchmarks.experiments",
    "redirect": "benchmarks.redirect",
    "forecast": "benchmarks.forecast",
    "budget": "benchmarks.budget",
    "suggestions": "benchmarks.suggestions",
    "roles": "benchmarks.roles",
    "scores": "benchmarks.scores",
    "workers": "benchmarks.workers",
    "api": "benchmarks.api",
}
ROWS = {
    "import": 1_000_000,
    "run": 1_000_000,
    "pages": 100_000,
    "scorecard": 100_000,
    "many": 200_000,
    "changed": 200_000,
    "count": 1_000_000,
    "latency": 200_000,
    "load": 100_000,
    "facts": 200_000,
    "reports": 200_000,
    "attribution": 1_000_000,
    "disclosure": 2_000,
    "hints": 2_000,
    "ledger": 50_000,
    "authenticity": 20_000,
    "comments": 5_000,
    "lookalikes": 1_500,
    "intervals": 20_000,
    "lift": 1_500,
    "shrinking": 3_000,
    "graph": 2_000,
    "content": 3_000,
    "experiments": 30_000,
    "redirect": 10_000,
    "forecast": 20_000,
    "budget": 10_000,
    "suggestions": 20_000,
    "roles": 100,
    "scores": 1_000_000,
    "workers": 100_000,
    "api": 1_000_000,
}


def main() -> None:
    """Run the named benchmark, or all of them one after the other, each on a server of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHMARKS), help="default: all")
    parser.add_argument(
        "--rows",
        "--creators",
        type=int,
        help="creators (of attribution: journeys), e.g. 50000 for a first look",
    )
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--no-record", action="store_true", help="leave RESULTS.md as it is")
    options = parser.parse_args()
    if options.name is None:
        # A process each: what one left in memory must not weigh on the next.
        for name in BENCHMARKS:
            status = os.spawnv(  # noqa: S606 - ourselves
                os.P_WAIT, sys.executable, [sys.executable, "-m", "benchmarks", name, *sys.argv[1:]]
            )
            if status:
                sys.exit(status)
        return
    # Being told to stop is an ordinary end: the server and its files must not stay behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Somebody told it to stop (SIGTERM)."))
    with postgres() as url, tempfile.TemporaryDirectory(prefix="rapport-bench-media-") as media:
        os.environ["RAPPORT_BENCH_MEDIA"] = media
        _run(url, options)


def _run(url: str, options: argparse.Namespace) -> None:
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django  # noqa: PLC0415 - settings read DATABASE_URL, which is known only now

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    from benchmarks.measure import keep  # noqa: PLC0415

    rows = options.rows or ROWS[options.name]
    call_command("migrate", verbosity=0)
    benchmark = importlib.import_module(BENCHMARKS[options.name])
    try:
        tables, sizes = benchmark.run(rows=rows, repetitions=options.repetitions)
        print("\n" + "\n\n".join(table.show() for table in tables) + "\n")
        for key, value in sizes.items():
            print(f"{key}: {value}")
        if not options.no_record:
            keep(options.name, tables, sizes)
    finally:
        connections.close_all()


if __name__ == "__main__":
    main()

"""`python -m benchmarks.attribution_reference FOLDER`: compare the models with known answers.

FOLDER holds `PathData.csv` (columns path, total_conversions, total_conversion_value, total_null;
the touches of a path apart by " > ") and what others computed from it:

    expected_heuristic_*.csv                  last, first and linear: conversions and values
    expected_markov_order1_exact_*.csv        removal effects and conversions in closed form
    expected_removal_effects_order1_*.csv     removal effects by simulation, also of the values

Needs neither a server nor Django. Fails where an exact answer differs by more than 1e-6.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from campaigns.attribution.credit import attribute
from campaigns.attribution.formulas import Model
from campaigns.attribution.markov import removal_effects
from campaigns.attribution.table import Journey, JourneyTable, table_of

HEURISTICS = {
    "last_touch": Model.LAST,
    "first_touch": Model.FIRST,
    "linear_touch": Model.LINEAR,
}
EXACT = 1e-6


def main() -> None:
    """Compare, and say how far each answer is off."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    table = table_of(journeys(folder))
    effects = removal_effects(table)
    by_key = dict(
        zip(table.keys, zip(effects.conversions, effects.values, strict=True), strict=True)
    )
    markov = attribute(table, Model.MARKOV).by_key()
    off = {"last, first, linear": max(heuristics(folder, table))}
    off["Markov removal effects, closed form"] = max(
        abs(by_key[row["channel"]][0] - float(row["removal_effect_conversion"]))
        for row in rows(folder, "expected_markov_order1_exact_*.csv")
    )
    off["Markov conversions, closed form"] = max(
        abs(markov[row["channel"]].conversions - float(row["total_conversion"]))
        for row in rows(folder, "expected_markov_order1_exact_*.csv")
    )
    for label, difference in off.items():
        print(f"{label}: off by at most {difference:.1e}")
    for place, label in enumerate(("conversion", "conversion_value")):
        difference = max(
            abs(by_key[row["channel_name"]][place] - float(row[f"removal_effects_{label}"]))
            for row in rows(folder, "expected_removal_effects_order1_*.csv")
        )
        print(
            f"Markov removal effects of {label}, simulated there: off by at most {difference:.1e}"
        )
    if max(off.values()) > EXACT:
        sys.exit(f"An exact answer differs by more than {EXACT}.")


def heuristics(folder: Path, table: JourneyTable) -> Iterator[float]:
    """Yield how far each number is off."""
    answers = {name: attribute(table, model).by_key() for name, model in HEURISTICS.items()}
    for row in rows(folder, "expected_heuristic_*.csv"):
        for name, answer in answers.items():
            credit = answer[row["channel_name"]]
            yield abs(credit.conversions - float(row[f"{name}_conversions"]))
            yield abs((credit.value or 0.0) - float(row[f"{name}_value"]))


def journeys(folder: Path) -> Iterator[Journey]:
    """Yield the paths."""
    for row in rows(folder, "PathData.csv"):
        yield Journey(
            tuple(row["path"].split(" > ")),
            float(row["total_conversions"]),
            float(row["total_conversion_value"]),
            float(row["total_null"]),
        )


def rows(folder: Path, pattern: str) -> Iterator[dict[str, str]]:
    """Yield the rows of the one file of this name."""
    files = sorted(folder.glob(pattern))
    if not files:
        sys.exit(f"There is no {pattern} in {folder}.")
    with files[0].open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main()

"""`python -m benchmarks.disclosure_reference FILE`: compare the packs with their research.

FILE is the research (`disclosure_rules.yaml`). The packs keep what it says, line by line; they may
add how to look for it. Needs neither a server nor Django. Fails where anything else was lost or
changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from campaigns.disclosure.files import names, read

# Read by hand: the note of this one speaks of Stories and Snapchat only, not of photos.
KNOWN = {("US", "Snapchat/Instagram Stories: text over the picture, long enough to read")}
LABELS = ("accepted_labels", "conditional_labels", "insufficient_labels")
OPTIONAL = ("placement", "material_connections", "registration", "contract", "instruments")
PARTS = ("liability", "penalties", "recordkeeping")


def main() -> None:
    """Compare, and name what differs."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    research = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))["jurisdictions"]
    kept = {form["key"]: form for form in (read(name) for name in names("jurisdictions"))}
    if sorted(kept) != sorted(research):
        sys.exit(f"not the same jurisdictions: {sorted(set(kept) ^ set(research))}")
    changed = {
        (key, line.get("text", line.get("note", "")))
        for key, fact in research.items()
        for line, said in pairs(kept[key], fact)
        if any(line.get(name) != value for name, value in said.items())
    }
    for key, line in sorted(changed):
        print(f"{key}: {line}" + (" (known)" if (key, line) in KNOWN else ""))
    if changed != KNOWN:
        sys.exit("The packs do not say what the research says.")
    print(f"{len(kept)} jurisdictions, all as researched but for what is known.")


def pairs(
    pack: dict[str, Any], fact: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each line of a pack beside the line of the research that it is of."""
    yield from zip(pack["labels"], [one for part in LABELS for one in fact[part]], strict=True)
    for part in OPTIONAL:
        yield from zip(pack.get(part, []), fact.get(part, []), strict=True)
    for part in PARTS:
        yield from zip(pack[part], fact[part], strict=True)
    for category, notes in fact["categories"].items():
        yield from zip(pack["categories"][category], notes, strict=True)


if __name__ == "__main__":
    main()

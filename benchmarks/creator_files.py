"""A made-up creator list as people send it, and the same rows clean and typed."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

NICHES = (
    "Beauty", "Fashion", "Food", "Travel", "Fitness", "Gaming", "Music", "Parenting", "Tech",
    "Finance", "Education", "Art", "Sports", "Pets", "Home", "Books", "Comedy", "Cars",
)  # fmt: skip
COUNTRIES = ("DK", "SE", "NO", "DE", "FR", "NL", "GB", "US", "IT", "ES")
FIRST = ("Ada", "Bo", "Cleo", "Dag", "Eva", "Finn", "Gry", "Hal", "Ida", "Jon", "Kim", "Liv")
LAST = ("Birk", "Dal", "Eng", "Holm", "Kjær", "Lund", "Moss", "Nord", "Quist", "Strand", "Wold")
HEADER = ("Name", "Instagram handle", "Followers", "Engagement rate", "E-mail", "Niche", "Country")
BAD_EVERY = 1_000  # one row in a thousand cannot be taken


@dataclass(frozen=True, slots=True)
class CreatorFiles:
    """`raw`: CSV with numbers as people write them. `clean`: typed, tab-separated, no bad row."""

    raw: Path
    clean: Path
    rows: int
    good: int
    # Of the good rows, together.
    followers: int


def write_creator_files(folder: Path, *, rows: int, seed: int = 1) -> CreatorFiles:
    """The two files with `rows` different creators; the same for the same seed."""
    chance = random.Random(seed)
    raw, clean = folder / "creators.csv", folder / "clean.tsv"
    good = total = 0
    with (
        raw.open("w", encoding="utf-8", newline="") as raw_file,
        clean.open("w", encoding="utf-8", newline="") as clean_file,
    ):
        people = csv.writer(raw_file)
        people.writerow(HEADER)
        for n in range(1, rows + 1):
            handle = f"creator.{n:07d}"
            name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {n}"
            followers = int(chance.lognormvariate(9.5, 1.8)) + 50
            rate = round(chance.betavariate(2, 40), 4)
            niche, country = chance.choice(NICHES), chance.choice(COUNTRIES)
            email = f"{handle}@mail.example"
            shown, followers = _as_written(followers, n)
            if n % BAD_EVERY == 0:
                shown = "a lot"
            people.writerow([name, f"@{handle}", shown, f"{rate:.2%}", email, niche, country])
            if n % BAD_EVERY:
                good += 1
                total += followers
                row = (handle, name, followers, rate, email, niche, niche.lower(), country)
                clean_file.write("\t".join(map(str, row)) + "\n")
    return CreatorFiles(raw, clean, rows, good, total)


def _as_written(followers: int, n: int) -> tuple[str, int]:
    """A count as one of three people writes it, and the count that this writing means."""
    if n % 3 == 0:
        return f"{followers:,}", followers
    if n % 3 == 1 and followers >= 10_000:
        tenths = followers // 100
        return f"{tenths / 10:.1f}K", tenths * 100
    return str(followers), followers

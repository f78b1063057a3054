"""Accounts a second that are looked at for signs, and how often signs are raised on real lists.

The lists are not part of the project: they are looked for in `$RAPPORT_DATA` (../shared/data).
Without them speed is measured on made-up accounts, and nothing else.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import log, log2
from pathlib import Path

from benchmarks.curves import curve, picture
from benchmarks.disclosure import DATA
from benchmarks.findings import Findings, Found
from benchmarks.measure import Contender, Shown, measure
from campaigns.authenticity.account import RAISED, UNKNOWN, Account, Count, PostSeen
from campaigns.authenticity.bare import bare
from campaigns.authenticity.look import look
from campaigns.authenticity.thresholds import KEYS, standard

TODAY = date(2026, 11, 22)
LISTS = DATA / "influencer_lists" / "social_media_influencers_2022"
FAKES = DATA / "fake_accounts"
# File, then the columns of name, followers, views, likes, comments (None: not in the file). The
# files of one platform are of about March, June and September 2022.
FILES: Mapping[str, Sequence[tuple[str, tuple[int | None, ...]]]] = {
    "tiktok": (
        ("social media influencers - tiktok.csv", (0, 2, 4, 6, 8)),
        ("social media influencers-tiktok june 2022 - june 2022.csv", (0, 2, 4, 6, 8)),
        ("social media influencers - Tiktok sep 2022.csv", (1, 3, 5, 7, 9)),
    ),
    "instagram": (
        ("social media influencers - instagram.csv", (0, 4, None, None, None)),
        (
            "social media influencers-instagram june 2022 - june 2022.csv",
            (0, 4, None, None, None),
        ),
        ("social media influencers - instagram sep-2022.csv", (1, 3, None, None, None)),
    ),
    "youtube": (
        ("social media influencers - youtube.csv", (0, 3, 6, 8, 10)),
        ("social media influencers-youtube june 2022 - june 2022.csv", (0, 4, 7, 9, 11)),
        ("social media influencers - Youtube sep-2022.csv", (1, 4, None, 7, 9)),
    ),
}
PICTURE = Path(__file__).parents[1] / "docs" / "img" / "authenticity-calibration.svg"
BANDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
# Of the AUC; and what other rules gave when the way was chosen.
GOAL = 0.95
RULES = {"instafake": "0.983", "spammers": "0.967"}
DAYS = (date(2022, 3, 1), date(2022, 6, 1), date(2022, 9, 1))
_NUMBER = re.compile(r"([\d.]+)\s*([KMB]?)", re.IGNORECASE)
_TIMES = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Shown], Mapping[str, object]]:
    """Measure speed on `rows` made-up accounts, and count signs on the lists."""
    limits = standard()
    accounts = [made_up(number) for number in range(rows)]
    speed = measure(
        f"signs of {rows:,} accounts with 30 counts and 40 posts",
        [
            Contender(
                "sums of counts and likes only",
                lambda: [
                    (sum(c.followers for c in one.counts), sum(p.likes or 0 for p in one.posts))
                    for one in accounts
                ],
            ),
            Contender("product: nine signs", lambda: [look(one, limits) for one in accounts]),
        ],
        repetitions=repetitions,
    )
    tables: list[Shown] = [speed]
    if LISTS.exists():
        found = [one for platform in FILES for one in raised(platform)]
        tables.append(Findings("raised, of the accounts of which it can be told", found))
    if FAKES.exists():
        found = [*against("instafake", instafake()), *against("spammers", spammers()), *bareness()]
        tables.append(Findings("labelled accounts", found))
    return tables, {"accounts": f"{rows:,}"}


def made_up(number: int) -> Account:
    """An account that grows, with posts."""
    chance = random.Random(number)
    followers = chance.randint(2_000, 900_000)
    return Account(
        platform="instagram",
        on=TODAY,
        counts=tuple(
            Count(TODAY - timedelta(days=300 - 10 * nth), followers + 50 * nth) for nth in range(30)
        ),
        posts=tuple(
            PostSeen(
                TODAY - timedelta(days=200 - 5 * nth),
                likes=chance.randint(10, followers),
                comments=chance.randint(0, 200),
            )
            for nth in range(40)
        ),
        following=chance.randint(10, 4_000),
        home="DK",
        countries={"DK": 0.5, "SE": 0.3},
        quality=0.8,
    )


def raised(platform: str) -> list[Found]:
    """On how many accounts of the lists each sign is raised, and of how many it can be told."""
    seen: Counter[str] = Counter()
    told: Counter[str] = Counter()
    accounts = list(_accounts(platform))
    for account in accounts:
        for one in look(account, standard()):
            seen[one.key] += one.state == RAISED
            told[one.key] += one.state != UNKNOWN
    return [
        Found(
            f"{platform}, {key}",
            seen[key] / told[key],
            of=f"{seen[key]} of {told[key]:,}, {len(accounts):,} accounts",
        )
        for key in KEYS
        if told[key]
    ]


def against(name: str, rows: Sequence[tuple[bool, int, int]]) -> list[Found]:
    """Precision and recall of the one sign that these labels have the numbers for."""
    hits = Counter(
        (is_fake, _follows_many(followers, following)) for is_fake, followers, following in rows
    )
    found, wrong, missed = hits[True, True], hits[False, True], hits[True, False]
    what = f"{name}, follows very many"
    return [
        Found(f"{what}: precision", found / max(found + wrong, 1), of=f"{found + wrong} raised"),
        Found(f"{what}: recall", found / (found + missed), of=f"{found + missed} fake"),
    ]


def bareness() -> list[Found]:
    """How well bare accounts are told by the product's rule, and by logistic regression.

    The regression sees the same three things, is trained on one set and tried on the other, and is
    not part of the product: the first set may not be used for more than measuring (CC BY-NC).
    """
    sets = {"instafake": _instafake_bare(), "spammers": _spammers_bare()}
    found = []
    for name, rows in sets.items():
        signs = [(bare(account, standard()), label) for account, label in rows]
        ranked = [(sign.excess or 0.0, label) for sign, label in signs]
        raised = Counter(label for sign, label in signs if sign.state == RAISED)
        of = f"raised {raised[True]} fake, {raised[False]} genuine of {len(rows)}"
        before = RULES[name]
        found.append(Found(f"{name}, bare account: AUC", auc(ranked), GOAL, before=before, of=of))
    PICTURE.write_text(
        picture(
            {
                name: curve([(_points(account), not label) for account, label in rows], BANDS)
                for name, rows in sets.items()
            },
            title="Which share of accounts is labelled genuine, by points of the bare account",
            across="points of the sign",
            up="labelled genuine",
        ),
        encoding="utf-8",
    )
    for trained, tried in (("instafake", "spammers"), ("spammers", "instafake")):
        ranked = _regression(sets[trained], sets[tried])
        found.append(Found(f"{tried}, regression from {trained}: AUC", auc(ranked), GOAL))
    return found


def _points(account: Account) -> float:
    """The sign's points as a fraction: 0.5 on the threshold, as in the score."""
    sign = bare(account, standard())
    return min(max(0.5 - 0.5 * log2(sign.excess or 1.0), 0.0), 1.0)


def auc(ranked: Sequence[tuple[float, bool]]) -> float:
    """How often a fake account is ranked above a genuine one; equal ones count half."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - heavy

    return float(roc_auc_score([label for _, label in ranked], [value for value, _ in ranked]))


def _regression(
    trained: Sequence[tuple[Account, bool]], tried: Sequence[tuple[Account, bool]]
) -> list[tuple[float, bool]]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - heavy
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 - heavy

    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit([_seen(one) for one, _ in trained], [label for _, label in trained])
    chances = model.predict_proba([_seen(one) for one, _ in tried])[:, 1]
    return list(zip(map(float, chances), (label for _, label in tried), strict=True))


def _seen(account: Account) -> list[float]:
    following, followers = account.following or 0, account.followers or 0
    digits = sum(sign.isdigit() for sign in account.handle) / max(len(account.handle), 1)
    return [log((1 + following) / (1 + followers)), log(1 + (account.posts_count or 0)), digits]


def _instafake_bare() -> list[tuple[Account, bool]]:
    rows = [
        row
        for name in ("fake", "real")
        for row in json.loads((FAKES / "instafake" / f"{name}AccountData.dev.json").read_text())
    ]
    return [
        (
            _bare(
                (row["userFollowerCount"], row["userFollowingCount"], row["userMediaCount"]),
                (row["usernameDigitCount"], row["usernameLength"]),
            ),
            bool(row["isFake"]),
        )
        for row in rows
    ]


def _spammers_bare() -> list[tuple[Account, bool]]:
    with (FAKES / "kaggle_ig_spammer" / "insta_train.csv").open(newline="") as file:
        return [
            (
                _bare(
                    (int(row["#followers"]), int(row["#follows"]), int(row["#posts"])),
                    # The set gives the share only.
                    (round(100 * float(row["nums/length username"])), 100),
                ),
                row["fake"] == "1",
            )
            for row in csv.DictReader(file)
        ]


def _bare(counts: tuple[int, int, int], handle: tuple[int, int]) -> Account:
    """An account with a handle of so many digits and characters."""
    followers, following, posts = counts
    digits, length = handle
    return Account(
        "instagram",
        TODAY,
        counts=(Count(TODAY, followers),),
        following=following,
        posts_count=posts,
        handle="1" * digits + "a" * (length - digits),
    )


def instafake() -> list[tuple[bool, int, int]]:
    """Label, followers, following."""
    found = []
    for name in ("fake", "real"):
        path = FAKES / "instafake" / f"{name}AccountData.dev.json"
        found += [
            (bool(row["isFake"]), row["userFollowerCount"], row["userFollowingCount"])
            for row in json.loads(path.read_text())
        ]
    return found


def spammers() -> list[tuple[bool, int, int]]:
    """Label, followers, following."""
    with (FAKES / "kaggle_ig_spammer" / "insta_train.csv").open(newline="") as file:
        return [
            (row["fake"] == "1", int(row["#followers"]), int(row["#follows"]))
            for row in csv.DictReader(file)
        ]


def _follows_many(followers: int, following: int) -> bool:
    account = Account("instagram", TODAY, counts=(Count(TODAY, followers),), following=following)
    states = {one.key: one.state for one in look(account, standard())}
    return states["mass_following"] == RAISED


def _accounts(platform: str) -> Iterator[Account]:
    """Each account with its counts of up to three dates, and the averages of the last one."""
    by_name: dict[str, dict[date, tuple[float | None, ...]]] = {}
    for (name, columns), day in zip(FILES[platform], DAYS, strict=True):
        with (LISTS / name).open(encoding="utf-8", errors="replace", newline="") as file:
            lines = csv.reader(file)
            next(lines)
            for row in lines:
                numbers = tuple(_number(row, column) for column in columns[1:])
                key = row[columns[0] or 0].strip().lower()
                by_name.setdefault(key, {}).setdefault(day, numbers)
    for of_days in by_name.values():
        counts = tuple(
            Count(day, int(numbers[0])) for day, numbers in of_days.items() if numbers[0]
        )
        _followers, views, likes, comments = of_days[max(of_days)]
        yield Account(
            platform=platform,
            on=date(2022, 9, 30),
            counts=counts,
            avg_views=views,
            avg_likes=likes,
            avg_comments=comments,
        )


def _number(row: Sequence[str], column: int | None) -> float | None:
    if column is None or column >= len(row):
        return None
    match = _NUMBER.fullmatch(row[column].strip().replace(",", ""))
    return float(match[1]) * _TIMES[match[2].upper()] if match else None

"""`manage.py explain_rule`: why a creator is in a segment, or is not."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.models import Brand, Creator
from segmentation.management.commands._arguments import brand_named, moment_from
from segmentation.models import Segment
from segmentation.services.explain import NothingToExplain, explain_membership

GROUPS = ("all", "any", "not")
SIGNS = {True: "yes", False: "no ", None: "?  "}


class Command(BaseCommand):
    """Shows the rule leaf by leaf with the creator's values."""

    help = (
        "Say why a creator is in a segment, is not, or nobody can tell: each condition with the "
        "creator's value, its source and age. The last line of the output is JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--brand, --segment, --creator and --as-of."""
        parser.add_argument("--brand", metavar="SLUG", required=True)
        parser.add_argument("--segment", metavar="KEY", required=True)
        parser.add_argument(
            "--creator", metavar="HANDLE", required=True, help="A handle, or platform/handle."
        )
        parser.add_argument("--as-of", metavar="ISO", help="Default: as it was decided last.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Explain, and print the tree."""
        brand = brand_named(options["brand"])
        segment = Segment.objects.filter(brand=brand, key=options["segment"]).first()
        if segment is None:
            raise CommandError(f"{brand} has no segment {options['segment']!r}.")
        as_of = moment_from(options["as_of"], brand) if options["as_of"] else None
        try:
            told = explain_membership(
                segment=segment, creator=_creator(brand, options["creator"]), as_of=as_of
            )
        except NothingToExplain as nothing:
            raise CommandError(str(nothing)) from nothing
        self.stdout.write(told["words"])
        if told["rule"]["error"]:
            self.stdout.write(f"The rule cannot be evaluated: {told['rule']['error']}")
        else:
            self._tree(told["tree"], 1)
        if told["stay_rule"]:
            self.stdout.write("For those who are in:")
            self._tree(told["stay_rule"]["tree"], 1)
        for change in told["smallest_change"] or []:
            self.stdout.write(f"To bring them in: {change['sentence']}.")
        self.stdout.write(json.dumps(told))

    def _tree(self, node: dict[str, Any], depth: int) -> None:
        indent = "  " * depth
        if node["kind"] not in GROUPS:
            value = f"{node['words']}; it is {node['value_words']} ({node['source']})"
            if "norm" in node:
                value += f"; asked: {node['threshold']}"
            self.stdout.write(f"{indent}{SIGNS[node['result']]} {value}")
            for item in node.get("items", []):
                self._tree(item, depth + 1)
            return
        self.stdout.write(f"{indent}{SIGNS[node['result']]} {node['kind']} of:")
        for item in node["items"]:
            self._tree(item, depth + 1)


def _creator(brand: Brand, handle: str) -> Creator:
    platform, _, name = handle.rpartition("/")
    found = Creator.objects.of_brand(brand).filter(profiles__handle=name.removeprefix("@").lower())
    if platform:
        found = found.filter(profiles__platform=platform.lower())
    creators = list(found.distinct()[:2])
    if not creators:
        raise CommandError(f"{brand} knows no creator with the handle {handle}.")
    if len(creators) > 1:
        raise CommandError(f"{handle} is several creators; write the platform: instagram/{name}.")
    return creators[0]

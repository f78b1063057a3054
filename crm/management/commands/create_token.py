"""`manage.py create_token`: a token of the REST API, printed once."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.choices import Scope
from crm.models import Brand, User
from crm.services import tokens

DAYS_MAX = 3_650


class Command(BaseCommand):
    """Makes the token and prints it: it cannot be shown again."""

    help = (
        "Create a token of the REST API for a user and a brand. It may do what its scopes say, but "
        "never more than the user's role allows. The token is printed once: only its hash is kept. "
        f"Scopes: {', '.join(Scope.values)}; “all” for every one of them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """EMAIL --brand --scopes --name."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--brand", metavar="SLUG", required=True)
        parser.add_argument("--scopes", metavar="A:B,C:D", required=True)
        parser.add_argument("--name", default="command line", help="What the token is for.")
        parser.add_argument("--days", type=int, metavar="N", help="It ends after so many days.")
        parser.add_argument(
            "--networks", metavar="CIDR,...", default="", help="It works from these networks only."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create and print."""
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand with the slug {options['brand']}.")
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError(f"There is no user {options['email']}.")
        wanted = options["scopes"]
        scopes = Scope.values if wanted == "all" else [s for s in wanted.split(",") if s]
        now = timezone.now()
        days: int | None = options["days"]
        if days is not None and not 1 <= days <= DAYS_MAX:
            raise CommandError(f"A token lasts for 1 to {DAYS_MAX:,} days.")
        try:
            token, secret = tokens.create_token(
                brand=brand,
                user=user,
                name=options["name"],
                scopes=scopes,
                at=now,
                expires_at=None if days is None else now + timedelta(days=days),
                networks=[one for one in options["networks"].split(",") if one],
            )
        except tokens.TokenRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            json.dumps(
                {
                    "token": secret,
                    "brand": brand.slug,
                    "user": user.email,
                    "scopes": token.scopes,
                    "expires_at": token.expires_at and token.expires_at.isoformat(),
                    "networks": token.networks,
                }
            )
        )

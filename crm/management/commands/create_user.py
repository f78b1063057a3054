"""`manage.py create_user`: an account with a role in a brand."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from crm.choices import Role
from crm.models import Brand, User
from crm.services import brands


class Command(BaseCommand):
    """Makes the account; for an address that has one, sets its password and role."""

    help = (
        "Create a user with a role in a brand. The password is the first line of a file, so that "
        "it stands in no command history. An existing account gets the role and the password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """EMAIL --brand --role --password-file."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--brand", metavar="SLUG", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--password-file", metavar="FILE", required=True)
        parser.add_argument("--name", default="", help="As it is shown to colleagues.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create, and print who has which role."""
        email, role, at = options["email"].lower(), Role(options["role"]), timezone.now()
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand with the slug {options['brand']}.")
        try:
            validate_email(email)
            password = Path(options["password_file"]).read_text(encoding="utf-8").splitlines()[0]
            validate_password(password, User(email=email))
        except (OSError, IndexError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['password_file']} has no readable first line.") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            user = User.objects.filter(email=email).first()
            if user is None:
                user = brands.create_user(
                    email=email,
                    password=password,
                    name=options["name"],
                    brand=brand,
                    role=role,
                    at=at,
                )
            else:
                user.set_password(password)
                user.save(update_fields=["password"])
                try:
                    brands.set_role(brand=brand, user=user, role=role, at=at)
                except brands.LastAdminRefused as error:
                    raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"email": user.email, "brand": brand.slug, "role": role}))

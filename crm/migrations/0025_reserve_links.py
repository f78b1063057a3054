"""Reserve /t/ for tracking links: no brand may be called so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0024_erasing"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="brand",
            name="crm_brand_slug_not_reserved",
        ),
        migrations.AddConstraint(
            model_name="brand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "slug__in",
                        [
                            "accounts",
                            "admin",
                            "api",
                            "apply",
                            "guest",
                            "static",
                            "healthz",
                            "readyz",
                            "t",
                            "unsubscribe",
                        ],
                    ),
                    _negated=True,
                ),
                name="crm_brand_slug_not_reserved",
            ),
        ),
    ]

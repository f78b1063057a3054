"""Declared values of media are what its service reads: a row without them was a fault of pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0029_disclosure_hints"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="valueset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Func(
                            models.F("values"),
                            models.Value(
                                '$ ? ($.type() == "object" && @.models.type() == "array" && !(@.models[*].type() != "object")\n  && !exists(@.models[*] ? (!(@.key.type() == "string" && @.name.type() == "string" && @.currency.type() == "string" && @.source.type() == "string" && @.values.type() == "object"\n  && !(@.values.*.type() != "string") && !exists(@.values.* ? (!(@ like_regex "^[0-9]+([.][0-9]+)?$"))) && !(@.multiplier.type() != "string") && !exists(@.multiplier ? (!(@ like_regex "^[0-9]+([.][0-9]+)?$")))))))'
                            ),
                            function="jsonb_path_exists",
                            output_field=models.BooleanField(),
                        ),
                        ("kind", "media"),
                    ),
                    models.Q(
                        models.Func(
                            models.F("values"),
                            models.Value(
                                '$ ? ($.type() == "object" && exists(@.likes) && !(@.likes.type() != "string") && !exists(@.likes ? (!(@ like_regex "^[0-9]+([.][0-9]+)?$"))) && exists(@.comments) && !(@.comments.type() != "string") && !exists(@.comments ? (!(@ like_regex "^[0-9]+([.][0-9]+)?$"))) && exists(@.saves) && !(@.saves.type() != "string") && !exists(@.saves ? (!(@ like_regex "^[0-9]+([.][0-9]+)?$"))) && exists(@.shares) && !(@.shares.type() != "string") && !exists(@.shares ? (!(@ like_regex "^[0-9]+([.][0-9]+)?$"))))'
                            ),
                            function="jsonb_path_exists",
                            output_field=models.BooleanField(),
                        ),
                        ("kind", "weights"),
                    ),
                    _connector="OR",
                ),
                name="campaigns_value_set_readable",
            ),
        ),
    ]

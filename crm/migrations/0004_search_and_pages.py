"""Search without accents, and list orders in which a page is found by one comparison of rows."""

import unicodedata

import django.contrib.postgres.indexes
from django.db import migrations, models

# Letters with marks up to Latin Extended Additional; these have no decomposition in Unicode.
SPECIAL = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i", "ß": "s"}


def _folded(letter):
    base = unicodedata.normalize("NFD", letter)[0]
    return SPECIAL.get(letter) or (base if base.isascii() else None)


RANGE = [chr(n) for n in (*range(0xDF, 0x250), *range(0x1E00, 0x1F00))]
LETTERS = [c for c in RANGE if c.islower() and _folded(c)]
FORWARD = f"""
CREATE FUNCTION crm_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(value), '{"".join(LETTERS)}', '{"".join(map(_folded, LETTERS))}')
"""
BACKWARD = "DROP FUNCTION crm_fold(text)"


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_stage_counts")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RemoveIndex(model_name="creator", name="crm_creator_name_trgm"),
        migrations.AddIndex(
            model_name="creator",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func("name", function="crm_fold"), name="gin_trgm_ops"
                ),
                name="crm_creator_name_trgm",
            ),
        ),
        migrations.RemoveIndex(
            model_name="creatormetrics",
            name="crm_metrics_followers",
        ),
        migrations.RemoveIndex(
            model_name="creatormetrics",
            name="crm_metrics_er",
        ),
        migrations.RemoveIndex(
            model_name="creatormetrics",
            name="crm_metrics_last",
        ),
        migrations.RemoveIndex(
            model_name="relationship",
            name="crm_rel_board",
        ),
        migrations.RemoveIndex(
            model_name="relationship",
            name="crm_rel_added",
        ),
        migrations.AddIndex(
            model_name="creatormetrics",
            index=models.Index(
                models.OrderBy(models.F("followers"), descending=True, nulls_last=True),
                models.OrderBy(models.F("creator"), descending=True),
                name="crm_metrics_followers",
            ),
        ),
        migrations.AddIndex(
            model_name="creatormetrics",
            index=models.Index(
                models.OrderBy(models.F("engagement_rate"), descending=True, nulls_last=True),
                models.OrderBy(models.F("creator"), descending=True),
                name="crm_metrics_er",
            ),
        ),
        migrations.AddIndex(
            model_name="creatormetrics",
            index=models.Index(
                models.OrderBy(models.F("last_post_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("creator"), descending=True),
                name="crm_metrics_last",
            ),
        ),
        migrations.AddIndex(
            model_name="relationship",
            index=models.Index(
                fields=["brand", "stage", "-stage_since", "-id"], name="crm_rel_board"
            ),
        ),
        migrations.AddIndex(
            model_name="relationship",
            index=models.Index(fields=["brand", "-created_at", "-id"], name="crm_rel_added"),
        ),
    ]

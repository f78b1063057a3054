"""Let an erasure, and nothing else, change papers that triggers keep (crm 0024)."""

from django.db import migrations

# Each function of a trigger that keeps rows, with one more line at the beginning of its body.
BODY = """
DO $do$
DECLARE
  found record;
  asked text := ' IF current_setting(''rapport.erasing'', true) = ''on'' THEN RETURN NEW; END IF;';
BEGIN
  FOR found IN
    SELECT p.prosrc, pg_get_functiondef(p.oid) AS whole FROM pg_proc p
    WHERE p.proname LIKE 'campaigns\\_keep\\_%' AND p.pronamespace = current_schema()::regnamespace
  LOOP
    EXECUTE replace(found.whole, found.prosrc, CHANGED);
  END LOOP;
END $do$;
"""
FORWARD = BODY.replace("CHANGED", r"regexp_replace(found.prosrc, '\mBEGIN\M', 'BEGIN' || asked)")
BACKWARD = BODY.replace("CHANGED", "replace(found.prosrc, asked, '')")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_remediations"), ("crm", "0024_erasing")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""Let an erasure, and nothing else, change rows that triggers keep as they are.

An erasure says so for its own transaction (crm/services/privacy/erasing.py) and is told in the
ledger. Triggers of upper apps are changed by their own migrations.
"""

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
    WHERE p.proname LIKE 'crm\\_keep\\_%' AND p.pronamespace = current_schema()::regnamespace
    AND p.proname <> 'crm_keep_former_handle'
  LOOP
    EXECUTE replace(found.whole, found.prosrc, CHANGED);
  END LOOP;
END $do$;
"""
FORWARD = BODY.replace("CHANGED", r"regexp_replace(found.prosrc, '\mBEGIN\M', 'BEGIN' || asked)")
BACKWARD = BODY.replace("CHANGED", "replace(found.prosrc, asked, '')")


class Migration(migrations.Migration):
    dependencies = [("crm", "0023_ledger_insert_only")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

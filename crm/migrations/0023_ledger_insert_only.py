"""The ledger takes entries and gives none back, and a text only to an erasure that it tells of."""

from django.db import migrations, models

HASH = "^[0-9a-f]{64}$"
# Triggers hold for everybody, the owner of the tables as well. The role that the product works
# under (`manage.py ledger_role`) can neither disable them nor go around them.
GUARD = """
CREATE FUNCTION crm_ledger_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE insufficient_privilege
    USING MESSAGE = 'what is in ' || TG_TABLE_NAME || ' is never changed or deleted';
END $$;
CREATE TRIGGER crm_audit_entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON crm_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION crm_ledger_keep();
CREATE TRIGGER crm_ledger_checkpoint_kept BEFORE UPDATE OR DELETE OR TRUNCATE
  ON crm_ledgercheckpoint FOR EACH STATEMENT EXECUTE FUNCTION crm_ledger_keep();
CREATE TRIGGER crm_ledger_key_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON crm_ledgerkey
  FOR EACH STATEMENT EXECUTE FUNCTION crm_ledger_keep();
CREATE TRIGGER crm_audit_text_kept BEFORE UPDATE OR TRUNCATE ON crm_audittext
  FOR EACH STATEMENT EXECUTE FUNCTION crm_ledger_keep();

CREATE FUNCTION crm_ledger_text_erasure_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM gone JOIN crm_auditentry entry ON entry.id = gone.entry_id
    WHERE NOT EXISTS (
      SELECT FROM crm_auditentry told
      WHERE told.brand_id = entry.brand_id AND told.verb = 'crm.ledger.text_erased'
        AND told.number > entry.number AND told.facts -> 'entries' @> to_jsonb(entry.number)
    )
  ) THEN
    RAISE insufficient_privilege
      USING MESSAGE = 'no entry of the ledger tells that this text is erased';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER crm_audit_text_erasure_told AFTER DELETE ON crm_audittext
  REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION crm_ledger_text_erasure_told();

-- The one way to erase texts for a role that may not delete from the table.
CREATE FUNCTION crm_ledger_erase_texts(told_in bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  erased bigint;
BEGIN
  DELETE FROM crm_audittext text
  USING crm_auditentry told, jsonb_array_elements(told.facts -> 'entries') named,
    crm_auditentry entry
  WHERE told.id = told_in AND told.verb = 'crm.ledger.text_erased'
    AND entry.brand_id = told.brand_id AND entry.number = named::bigint
    AND entry.number < told.number AND text.entry_id = entry.id;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN erased;
END $$;
REVOKE EXECUTE ON FUNCTION crm_ledger_erase_texts(bigint) FROM PUBLIC;
"""
LET_GO = """
DROP FUNCTION crm_ledger_erase_texts(bigint);
DROP FUNCTION crm_ledger_text_erasure_told() CASCADE;
DROP FUNCTION crm_ledger_keep() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0022_chain_anew")]

    operations = [
        migrations.RemoveField(model_name="auditentry", name="actor_label"),
        migrations.RemoveField(model_name="auditentry", name="target_label"),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hash__regex", HASH),
                    ("previous_hash__regex", HASH),
                    ("text_digest__regex", HASH),
                ),
                name="crm_audit_hashes_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("verb", "crm.ledger.text_erased")),
                fields=["brand", "number"],
                name="crm_audit_erasures",
            ),
        ),
        migrations.RunSQL(GUARD, LET_GO),
    ]

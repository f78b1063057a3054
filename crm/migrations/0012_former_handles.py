"""Keep what an account was called before, however its handle is changed: by hand or by an import.

An import that is undone says so (crm.undoing): its change is taken out of the history again.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION crm_keep_former_handle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('crm.undoing', true) = 'on' THEN
    DELETE FROM crm_formerhandle WHERE id = (
      SELECT id FROM crm_formerhandle WHERE profile_id = NEW.id AND handle = NEW.handle
      ORDER BY id DESC LIMIT 1
    );
  ELSE
    INSERT INTO crm_formerhandle (profile_id, handle, until)
    VALUES (NEW.id, OLD.handle, statement_timestamp());
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER crm_profile_handle_changed AFTER UPDATE OF handle ON crm_profile
  FOR EACH ROW WHEN (OLD.handle IS DISTINCT FROM NEW.handle)
  EXECUTE FUNCTION crm_keep_former_handle();
"""
BACKWARD = """
DROP TRIGGER crm_profile_handle_changed ON crm_profile;
DROP FUNCTION crm_keep_former_handle();
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0011_managers_day")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

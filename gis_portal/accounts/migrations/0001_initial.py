"""The table in which attempts to sign in are counted: Django's own cache table."""

from django.db import migrations

SQL = """
CREATE TABLE accounts_attempts (
  cache_key varchar(255) PRIMARY KEY,
  value text NOT NULL,
  expires timestamptz NOT NULL
);
-- Serves the clearing of what has expired.
CREATE INDEX accounts_attempts_expires ON accounts_attempts (expires);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [migrations.RunSQL(SQL, "DROP TABLE accounts_attempts")]

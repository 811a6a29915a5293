"""Alembic's entry: run the steps on the connection, and in the transaction, of the caller."""

from alembic import context

from lpr_core.labels.tables.database import VERSION_TABLE
from lpr_core.labels.tables.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # SQLite can roll tables back once we begin transactions ourselves, see database.py.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

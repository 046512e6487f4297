"""Alembic's entry: runs the migrations on the connection that ``Database.migrate`` passes."""

from alembic import context

from storage.schema.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

"""Alembic's entry point: the connection is handed in by `migrate`."""

from alembic import context

from assessment_engine.storage import database  # noqa: F401  # loads every noun, so that the metadata is whole
from assessment_engine.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=False)
context.run_migrations()

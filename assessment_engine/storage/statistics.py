"""What the database knows of its tables' contents, renewed when much has come in at once: a plan made of old counts reads far too much.

PostgreSQL counts by itself some minutes later. SQLite plans by its indexes alone, and counting would hold its one writer: there nothing is
done.
"""

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assessment_engine.storage.database import Store

OF_ITEMS = ("items", "item_versions", "item_contents", "item_words", "item_parts", "item_texts", "item_buckets")
"""The tables that an import of items fills."""

_WAIT = "SET lock_timeout = '5s'"
log = structlog.get_logger()


def renew(store: Store, tables: tuple[str, ...] = OF_ITEMS) -> None:
    """Let PostgreSQL count some tables anew, outside of any transaction; what the account may not, it leaves as it is.

    Never raises for what the database says: what came in is in, and is counted later anyway.
    """
    if store.engine.dialect.name != "postgresql":
        return
    try:
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(_WAIT))
            try:
                for table in tables:
                    connection.execute(text(f"ANALYZE {table}"))
            finally:
                connection.execute(text("RESET lock_timeout"))
    except DBAPIError as error:
        log.warning("statistics_not_renewed", why=str(error.orig))

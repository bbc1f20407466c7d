"""Tables and queries of items."""

from sqlalchemy import Connection


class Items:
    """Items in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

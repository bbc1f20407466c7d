"""Tables and queries of forms."""

from sqlalchemy import Connection


class Forms:
    """Forms in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

"""Tables and queries of delivery."""

from sqlalchemy import Connection


class Sittings:
    """Sittings in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

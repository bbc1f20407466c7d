"""Tables and queries of invigilation."""

from sqlalchemy import Connection


class Invigilation:
    """Invigilation in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

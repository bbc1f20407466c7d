"""Tables and queries of results."""

from sqlalchemy import Connection


class ResultBatches:
    """ResultBatches in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

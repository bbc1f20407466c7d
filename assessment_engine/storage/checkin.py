"""Tables and queries of checkin."""

from sqlalchemy import Connection


class CheckIns:
    """CheckIns in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

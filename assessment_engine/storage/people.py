"""Tables and queries of people."""

from sqlalchemy import Connection


class People:
    """People in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

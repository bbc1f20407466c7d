"""Tables and queries of exams."""

from sqlalchemy import Connection


class Exams:
    """Exams in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

"""Tables and queries of courses."""

from sqlalchemy import Connection


class Courses:
    """Courses in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

"""Tables and queries of competency."""

from sqlalchemy import Connection


class CompetencyRecords:
    """CompetencyRecords in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

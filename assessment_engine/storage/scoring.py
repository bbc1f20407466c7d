"""Tables and queries of scoring."""

from sqlalchemy import Connection


class ScoreReports:
    """ScoreReports in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

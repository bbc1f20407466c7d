"""Tables and queries of incidents."""

from sqlalchemy import Connection


class Incidents:
    """Incidents in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

"""Tables and queries of grievances."""

from sqlalchemy import Connection


class Grievances:
    """Grievances in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

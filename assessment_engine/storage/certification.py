"""Tables and queries of certification."""

from sqlalchemy import Connection


class Certificates:
    """Certificates in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

"""What a missing network takes away: the kinds that nobody can look for without it.

The roles are those of vision/models.py; what the eyes and ears do without each is eyes.py's and soundtrack.py's.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from proctoring.policy import Kind

_BY_PICTURE = frozenset({Kind.NOBODY, Kind.SEVERAL_PEOPLE, Kind.DIFFERENT_PERSON, Kind.PHONE, Kind.BOOK, Kind.SCREEN, Kind.LOOKING_AWAY})
LOST: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {
        "face_mesh": _BY_PICTURE,
        "face_near": _BY_PICTURE,
        "iris": frozenset({Kind.LOOKING_AWAY}),
        "face_far": frozenset({Kind.SEVERAL_PEOPLE}),
        "identity": frozenset({Kind.DIFFERENT_PERSON}),
        # Without it nobody can say that no person is in the picture either.
        "objects": frozenset({Kind.NOBODY, Kind.PHONE, Kind.BOOK, Kind.SCREEN}),
        "voice": frozenset({Kind.TALKING}),
    }
)


def lost(missing: Iterable[str]) -> frozenset[Kind]:
    """Return the kinds that cannot be looked for while these roles have no file."""
    return frozenset().union(*(LOST.get(role, frozenset()) for role in missing))

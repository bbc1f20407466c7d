"""Pictures that come again to the last bit. A living camera's grain never does; a file played in a loop, or a frozen picture, does.

A picture right after itself is a camera that stuttered and proves nothing: what counts is one that comes back after others.
"""

from collections import OrderedDict

MOST_KNOWN = 6000  # pictures: fifty minutes at two a second
FEW = 3  # returns that chance, or a camera's own test picture, might make


class Repeats:
    """Fed with a digest of each frame's bytes; asked whether pictures come back, or stand."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._last = b""
        self._returned = self._stood = 0

    def receive(self, digest: bytes) -> None:
        """Take in one frame."""
        if digest == self._last:
            self._stood += 1
        else:
            self._stood = 0
            self._returned += digest in self._known
        self._last = digest
        self._known[digest] = None
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def begin(self) -> None:
        """Count from here."""
        self._returned = self._stood = 0

    @property
    def repeated(self) -> bool:
        """Say whether more pictures came back, since counting began, than chance lets."""
        return self._returned > FEW

    @property
    def frozen(self) -> bool:
        """Say whether one picture has stood for twenty frames or more."""
        return self._stood >= 20

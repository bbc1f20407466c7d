"""How much one caller may ask for: the size of a request's body. Tries at a password are counted in api/sign_ins.py."""

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

LARGEST_BODY = 16 * 1024 * 1024
LARGEST_ANSWER = 4 * 1024 * 1024  # a file of 2 MiB in base64 and what stands beside it; it is read where everybody's answers are saved
_ANSWER = re.compile(r"/api/v1/sittings/[^/]+/answers/[^/]+/?")


def largest_body(path: str) -> int:
    """Return how large a request's body may be at an address."""
    return LARGEST_ANSWER if _ANSWER.fullmatch(path) else LARGEST_BODY


def limited(headers: Headers, receive: Receive, most: int) -> Receive:
    """Wrap `receive` so that a body of more than `most` bytes is refused with 413, whatever its headers claim."""
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        claimed = headers.get("content-length", "")
        if claimed.isdigit() and int(claimed) > most:
            raise HTTPException(413, f"a request may have at most {most / 2**20:g} MiB")
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, f"a request may have at most {most / 2**20:g} MiB")
        return message

    return receive_limited

"""Who may read the numbers of a process at `/metrics`: a program on this machine, or one that brings the deployment's token.

Both servers ask here. Behind a proxy on this machine everybody seems to come from it, so whoever was sent on needs the token.
"""

import secrets
from ipaddress import ip_address

from fastapi import Request
from fastapi.responses import PlainTextResponse

SENT_ON = ("forwarded", "via", "x-forwarded-", "x-real-ip")  # what a header begins with that a proxy adds
REFUSAL = PlainTextResponse("on this machine only, or with METRICS_TOKEN\n", 401, {"WWW-Authenticate": "Bearer"})


def may_read(request: Request, token: str | None) -> bool:
    """Tell whether the numbers are for whoever asks; without a token they are for this machine alone."""
    scheme, _, brought = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and secrets.compare_digest(brought.strip().encode(), token.encode()):
        return True
    return _is_here(request)


def _is_here(request: Request) -> bool:
    if request.client is None or any(header.startswith(SENT_ON) for header in request.headers):
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # how a server of both families sees 127.0.0.1
    return (mapped or address).is_loopback

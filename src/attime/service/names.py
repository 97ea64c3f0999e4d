"""By which names a service may be called: one for this machine alone answers nobody who thinks it is another's.

A page from elsewhere can have its own name point to 127.0.0.1, and its scripts then read what is answered there as if
it came from the page. But the browser tells in ``Host`` by which name it asks.
"""

from __future__ import annotations

from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from attime.service.problems import RefusedError, brief

OF_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


def names_of(host: str, address: str) -> frozenset[str]:
    """Return the names of a service that listens at an address which was given as a host; none if it may have any.

    Examples
    --------
    >>> sorted(names_of("localhost", "127.0.0.1"))
    ['127.0.0.1', '[::1]', 'localhost']
    >>> sorted(names_of("0.0.0.0", "0.0.0.0"))
    []
    """
    is_near = ip_address(address.strip("[]").partition("%")[0]).is_loopback
    return frozenset((*OF_THIS_MACHINE, host.lower(), address)) if is_near else frozenset()


class Named:
    """Middleware that refuses requests for another host, where the state of the application has ``names``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say by which names to ask."""
        names: frozenset[str] = getattr(scope["app"].state, "names", frozenset())
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else ""
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if scope["type"] != "http" or not names or name.lower() in names:
            await self.app(scope, receive, send)
            return
        refused = RefusedError(
            400, f"a request for the host {brief(host)}", f"one of {', '.join(sorted(names))}",
            "ask by such a name, or listen at an address for others (--host)",
        )  # fmt: skip
        problem = refused.told_of(scope["state"]["request_id"])
        await JSONResponse(problem.model_dump(), refused.status)(scope, receive, send)

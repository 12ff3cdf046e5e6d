"""The socket a service listens on.

It is opened before anything else is started, so that a port in use is the first thing an operator
hears of. A supervisor may have opened it already: then its number is in ZONES_LISTEN_FD, the port
stays the service's own however often it is restarted, and connections wait while it is.
"""

import errno
import os
import socket

from shared.runtime.access import Access
from shared.runtime.errors import CommandFailed, WrongUse

INHERITED = "ZONES_LISTEN_FD"


def listen(host: str, port: int, *, access: Access) -> socket.socket:
    """Take the port, 0 for any free one, or the socket that a supervisor handed over."""
    if inherited := os.environ.pop(INHERITED, None):
        return socket.socket(fileno=int(inherited))
    if not access.allows_listening_on(host):
        raise WrongUse(
            f"{host} can be reached from other machines: set ZONES_TOKEN, or listen on 127.0.0.1"
        )
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise WrongUse(f"{host} is no address to listen on: {error.strerror}") from error
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CommandFailed(
                f"port {port} on {host} is taken: stop what uses it or pass --port"
            ) from error
        raise CommandFailed(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return listener


def address(listener: socket.socket) -> str:
    """Return the base address of what listens, with the port it really has."""
    host, port = listener.getsockname()[:2]
    return (
        f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"
    )

"""`python -m services.ready`: exit code 0 while every service that listens here does its job.

For a container engine, which asks every few seconds, and in whose containers there is one service
each: so it imports next to nothing, and needs not be told which.
"""

import http.client
import os
import sys
from typing import Final

PORTS: Final = {"ingest": 8470, "classifier": 8471, "rewards": 8472, "notifier": 8473}
PATIENCE: Final = 4.0
"""Seconds that a service has to answer; it gives each of its own checks two."""


def main() -> int:
    """Print what the services say of themselves, and return the exit code."""
    answers = [answer for name in PORTS if (answer := ask(_port(name)))]
    for _, words in answers:
        sys.stdout.write(f"{words}\n")
    if not answers:
        sys.stdout.write("no service listens here\n")
    return 0 if answers and all(ready for ready, _ in answers) else 1


def ask(port: int) -> tuple[bool, str] | None:
    """Return whether it is ready and what it said, None where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        said = connection.getresponse()
        return said.status == http.client.OK, said.read().decode(errors="replace")
    except ConnectionRefusedError:
        return None
    except (OSError, http.client.HTTPException) as error:
        return False, f"port {port}: {error}"
    finally:
        connection.close()


def _port(name: str) -> int:
    return int(os.environ.get(f"ZONES_{name.upper()}_PORT") or PORTS[name])


if __name__ == "__main__":
    sys.exit(main())

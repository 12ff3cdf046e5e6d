"""What can go wrong between a service and the bus, each with a name and a way out."""

BOTH = (
    "restore both from one backup; or let the service refill from others, without its database,"
    " but never the classifier: its log is all there is"
)


class MessagingError(Exception):
    """Something on the bus is not as this service needs it. Waiting alone does not mend it."""


class BrokerUnavailable(ConnectionError):
    """The broker has not answered in time. What was sent may or may not have been stored.

    Sending the same ids again is always safe.
    """


class StreamFull(MessagingError):
    """The stream, or the disk under it, takes no more. Pass it on to the sender: later, again."""


class Refused(MessagingError):
    """The broker refused what was asked.

    `code` is JetStream's own number for the reason, `status` the class it belongs to, as in HTTP.
    """

    FULL = frozenset({10023, 10047, 10077})  # resources, storage, max_bytes or max_msgs
    BUSY = frozenset({429, 503})
    NO_RESOURCES = 10023

    def __init__(self, code: int, description: str, status: int = 400) -> None:
        told = f"{description} ({code})"
        if code == self.NO_RESOURCES:
            told += (
                ": raise the broker's limit (max_file_store) or make room on its disk, then start"
                " the broker again, which measures its room when it starts"
            )
        super().__init__(told)
        self.code = code
        self.description = description
        self.status = status

    @property
    def full(self) -> bool:
        """Whether there is no room. Somebody has to make some."""
        return self.code in self.FULL

    @property
    def busy(self) -> bool:
        """Whether the same may be taken in a moment: no leader, too much at once."""
        return self.status in self.BUSY and not self.full


class UnfitBroker(MessagingError):
    """The broker is too old, or has no JetStream: start nats-server 2.14 or later, with it."""


class NotProvisioned(MessagingError):
    """A stream or a consumer is missing, or is not what we rely on: run `zones provision`."""


class CannotChange(MessagingError):
    """The deployed stream or consumer differs in something that is fixed when it is created."""


class UnreadableMessage(Exception):
    """A message that no retry will make readable: it is parked at once.

    `reason` is a short word to count by, `detail` a sentence for the operator.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class ReaderStopped(MessagingError):
    """Reading on would skip or repeat something without anybody noticing. A person decides."""


class StreamRecreated(ReaderStopped):
    """The stream is another one than the checkpoint was made in, so its sequences mean nothing.

    Restore both from one backup, or move the service's database away and let the service refill:
    but never the classifier's, whose log is all there is.
    """

    def __init__(self, reader: str, stream: str, known: str, found: str) -> None:
        super().__init__(
            f"{reader}: stream {stream} was created at {found}, but our checkpoint is of the one"
            f" created at {known}: {BOTH}"
        )


class StreamBehind(ReaderStopped):
    """The stream ends before the checkpoint: it was restored from an older backup.

    What comes next would get sequences we believe to have read.
    """

    def __init__(self, reader: str, stream: str, last: int, position: int) -> None:
        super().__init__(
            f"{reader}: stream {stream} ends at {last}, but we have read up to {position}: {BOTH}"
        )


class HistoryExpired(ReaderStopped):
    """The stream no longer has what comes after the checkpoint: we were away for too long.

    Refill from the publishing service's log, then go on from `oldest(...)`.
    """

    def __init__(self, reader: str, stream: str, first: int, position: int) -> None:
        super().__init__(
            f"{reader}: stream {stream} begins at {first}, but we have read only up to {position}:"
            f" {BOTH}"
        )


class RelayStopped(MessagingError):
    """Publishing on could say something twice or fork a member's history. A person decides."""


class Fenced(RelayStopped):
    """Somebody else has published about the same subject: two databases say they are the service.

    Stop the other one. If this database is the older one, put it away.
    """

    def __init__(self, stream: str, guard: str, found: str, sequence: int) -> None:
        super().__init__(
            f"{stream}: the newest message on {guard} is {found} at {sequence}, which is not ours:"
            " another copy of this service has published, or our database is an old backup"
        )


class TailLost(RelayStopped):
    """The stream has lost what we published last about a subject: it was restored or purged.

    Restore the stream, or publish again from the log.
    """

    def __init__(self, stream: str, guard: str, id: str, sequence: int, found: int) -> None:
        super().__init__(
            f"{stream}: {id} was published on {guard} at {sequence}, but the newest message there"
            f" is at {found}: the stream was restored from an older backup, or purged"
        )

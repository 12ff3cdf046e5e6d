"""What ends a command or a process with one line instead of a traceback.

The message is a sentence that says what is wrong and what to do about it.
"""


class CommandFailed(Exception):
    """The job cannot be done. Exit code 1."""

    code = 1


class WrongUse(CommandFailed):
    """The command line or the settings make no sense. Exit code 2."""

    code = 2


def leaves(error: BaseException) -> list[BaseException]:
    """Return what a task group collected, without the group around it."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


def is_foreseen(error: BaseException) -> bool:
    """Say whether an error is one of our own, whose message tells all there is to tell."""
    return all(type(leaf).__module__.startswith(("shared.", "services.")) for leaf in leaves(error))


def sentence(error: BaseException) -> str:
    """Say an error in one line: its own words when it has any, its name when nobody foresaw it."""
    first = leaves(error)[0]
    words = " ".join(str(first).split())
    if words and (isinstance(first, OSError) or is_foreseen(first)):
        return words
    name = type(first).__name__
    return f"{name}: {words}" if words else name

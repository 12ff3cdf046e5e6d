"""What is too secret for the environment lies in a file, and the environment says in which.

Whoever may ask a container engine, or a process of the same user, can read an environment. A file
can be given to one container alone.
"""

import os
from pathlib import Path

from shared.runtime.errors import WrongUse

SUFFIX = "_FILE"


def told(variable: str) -> str | None:
    """Return what a variable says, else what is in the file that `<variable>_FILE` names.

    Raises WrongUse for a file that cannot be read, or that holds nothing.
    """
    if said := os.environ.get(variable):
        return said
    named = variable + SUFFIX
    if not (path := os.environ.get(named)):
        return None
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongUse(f"{named}: {path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise WrongUse(f"{named}: {path} is not UTF-8") from None
    if not text:
        raise WrongUse(f"{named}: {path} is empty")
    return text

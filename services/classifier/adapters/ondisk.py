"""The policy file on disk, which becomes policy 1 of a new log and is only compared after that."""

from dataclasses import replace
from pathlib import Path

from services.classifier.adapters import policyfile
from services.classifier.adapters.policyfile import PolicyInvalid
from services.classifier.domain.policy import Policy


class OnDisk:
    """Looks at the file whenever it is asked: it may have been edited since the last time."""

    def __init__(self, path: Path) -> None:
        """Raises PolicyInvalid, and OSError where there is no file."""
        self.text = path.read_text(encoding="utf-8")
        self._path = path
        self._policy = policyfile.parse(self.text, 0, path.name)

    def remark(self, newest: Policy) -> str | None:
        """Say in a sentence how the file differs from the policy adopted last."""
        try:
            text = self._path.read_text(encoding="utf-8")
            if text != self.text:
                self._policy = policyfile.parse(text, 0, self._path.name)
                self.text = text
        except (OSError, UnicodeDecodeError, PolicyInvalid):
            return f"{self._path} is no policy any more: `zones policy lint` says why"
        if replace(self._policy, version=newest.version) == newest:
            return None
        return (
            f"{self._path} is not policy {newest.version}, adopted last: `zones policy adopt` lets"
            " it govern"
        )

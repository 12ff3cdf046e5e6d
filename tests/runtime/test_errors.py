"""What ends with one line instead of a traceback."""

import pytest

from shared.eventlog.errors import TransactionOver
from shared.runtime.errors import CommandFailed, WrongUse, is_foreseen, sentence


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CommandFailed("it failed:\n  badly"), "it failed: badly"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        (TransactionOver("this is over"), "this is over"),
        (KeyError("x"), "KeyError: 'x'"),
        (ValueError(), "ValueError"),
        (ExceptionGroup("g", [ExceptionGroup("h", [WrongUse("no")])]), "no"),
    ],
)
def test_an_error_is_said_in_its_own_words_or_by_its_name(error: Exception, words: str) -> None:
    assert sentence(error) == words


def test_wrong_use_and_failure_have_codes_of_their_own() -> None:
    assert (CommandFailed.code, WrongUse.code) == (1, 2)


def test_only_our_own_errors_are_foreseen() -> None:
    assert is_foreseen(ExceptionGroup("g", [CommandFailed("a"), TransactionOver("b")]))
    assert not is_foreseen(ExceptionGroup("g", [CommandFailed("a"), KeyError("b")]))

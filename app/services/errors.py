"""Errors a person can act on. Everything else is a bug and is reported as one.

An error carries a code and parameters, never a finished sentence: the sentence is
`error.<code>` in the catalogue (`app.messages`), in the user's language.
"""

from __future__ import annotations

from typing import Any, ClassVar


class AppError(Exception):
    """Something the user can put right. `str()` is English for the log: no tokens, no addresses of people.

    Attributes:
        code: key of the sentence, `error.<code>` in the catalogue.
        params: what the sentence's placeholders need.
        retryable: whether the same call may succeed later without a change.
    """

    code: ClassVar[str] = "app"
    retryable: ClassVar[bool] = False

    def __init__(self, code: str | None = None, /, **params: Any) -> None:
        self.error_code = code or type(self).code
        self.params = params
        shown = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{self.error_code}({shown})")

    def __reduce__(self) -> tuple[Any, ...]:
        """An error comes back from the worker process as it was raised there."""
        return _revived, (type(self), self.args, self.__dict__)

    @property
    def message_key(self) -> str:
        """Key of the sentence in the catalogue."""
        return f"error.{self.error_code}"


def _revived(kind: type[AppError], arguments: tuple[Any, ...], state: dict[str, Any]) -> AppError:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(state)
    return error


class InputError(AppError):
    """The user's file or argument cannot be used; nothing was changed. Exit code 2."""

    code = "input"


class OutOfReach(AppError):
    """Marketplace or database cannot be reached; work is kept. Exit code 3."""

    code = "out_of_reach"
    retryable = True


class NotFound(InputError):
    """No such store, listing, change …: `noun` and `name` say which."""

    code = "not_found"


class UndoConflict(AppError):
    """Rows moved on since the change: `count` of them, `ids` names them."""

    code = "undo_conflict"

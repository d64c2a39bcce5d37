"""Who may do what (domain.md 17). Until a team shares one database, the role is a setting of this computer's user."""

from __future__ import annotations

from enum import StrEnum

from app.messages import Key
from app.services.errors import InputError


class Role(StrEnum):
    """Roles of an AliExpress team."""

    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    CLERK = "clerk"
    VIEWER = "viewer"


class Right(StrEnum):
    """What only some roles may do."""

    RELEASE = "release"
    """Let prices pass that the guard holds."""
    SET_GUARD = "set_guard"
    """Change what the guard looks at."""


_HAVE = {Right.RELEASE: frozenset({Role.SUPERVISOR}), Right.SET_GUARD: frozenset({Role.SUPERVISOR})}


class NotAllowed(InputError):
    """The user's role does not have the right: `role`, `right`, and `who` has it."""

    code = "role.not_allowed"


def may(role: str, right: Right) -> bool:
    """Whether *role* has *right*; a name that is no role has none."""
    return role in tuple(Role) and Role(role) in _HAVE[right]


def ensure(role: str, right: Right) -> None:
    """Let only roles through that have *right*. Raises: NotAllowed."""
    if not may(role, right):
        who = Key(f"role.{min(_HAVE[right])}")
        raise NotAllowed(role=Key(f"role.{role}"), right=Key(f"role.right.{right}"), who=who)

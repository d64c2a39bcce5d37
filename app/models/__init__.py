"""What is stored: tables and enums, no logic beyond constraints.

Tables are imported, all together, when the first of them is asked for: they bring SQLAlchemy, for which the first rows
of a start need not wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.models.kinds import (
    JobState,
    ListingStatus,
    Priority,
    StoreAccess,
    StoreHealth,
    TaskAction,
    TaskState,
    WarehouseKind,
)

if TYPE_CHECKING:
    from app.models import tables
    from app.models.tables import *  # noqa: F403

__all__ = [
    "JobState",
    "ListingStatus",
    "Priority",
    "StoreAccess",
    "StoreHealth",
    "TaskAction",
    "TaskState",
    "WarehouseKind",
]
if TYPE_CHECKING:
    __all__ += tables.__all__


def __getattr__(name: str) -> Any:
    """A table by its name. Raises: AttributeError."""
    if not name[:1].isupper():  # what Python itself asks a package for is no table
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from app.models import tables

    return getattr(tables, name)

"""The tasks of one listing, found without reading the journal: queueing and undoing an import ask for them.

Revision: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_publish_task_listing", "publish_task", ["listing_id"])

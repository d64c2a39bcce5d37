"""What a store's tab tells: the end of the renewal token, since when it is signed out, whether it is shared.

Revision: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("store", sa.Column("refresh_expires_ms", sa.BigInteger(), nullable=True))
    op.add_column("store", sa.Column("signed_out_ms", sa.BigInteger(), nullable=True))
    op.add_column("store", sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()))

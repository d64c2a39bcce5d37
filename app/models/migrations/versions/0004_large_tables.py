"""What a million listings need: an index with the columns the grid asks for, words of two letters, long texts last.

- `ix_listing_updated` holds what filters, segments and badges ask for, so that going through all listings in their
  order reads the index alone.
- The trigram index sees two line breaks at the end of each text: then every one or two characters of a text begin
  one of its trigrams, and the vocabulary `listing_trigram_terms` finds them.
- SQLite reads a row from its beginning: columns of kilobytes stand last, or every look at a price would read them.

Revision: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

LONG = (
    ("detail_html", sa.String(), "''"),
    ("attributes", sa.JSON(), "'[]'"),
    ("extra", sa.JSON(), "'{}'"),
    ("remote", sa.JSON(none_as_null=True), None),
)
HELD = (
    "updated_ms, id, store_id, status, block_count, hold_count, warn_count, "
    "category_id, freight_template_id, group_id, import_run_id"
)


def upgrade() -> None:
    _put_long_texts_last()
    op.execute("DROP INDEX ix_listing_updated")
    op.execute(f"CREATE INDEX ix_listing_updated ON listing ({HELD})")
    _index_line_ends()


def _put_long_texts_last() -> None:
    """By adding and dropping columns: making the table anew would take its variants and pictures along."""
    for name, kind, default in LONG:
        moved = sa.Column(f"{name}_moved", kind, nullable=default is None, server_default=default and sa.text(default))
        op.add_column("listing", moved)
    op.execute("UPDATE listing SET " + ", ".join(f"{name}_moved = {name}" for name, _, _ in LONG))
    for name, _, _ in LONG:
        op.execute(f"ALTER TABLE listing DROP COLUMN {name}")
        op.execute(f"ALTER TABLE listing RENAME COLUMN {name}_moved TO {name}")


def _index_line_ends() -> None:
    for event in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER listing_trigram_{event}")
    op.execute("DROP TABLE listing_trigram")
    op.execute("CREATE VIEW listing_searched AS SELECT id, search_text || char(10, 10) AS search_text FROM listing")
    op.execute(
        "CREATE VIRTUAL TABLE listing_trigram USING fts5("
        "search_text, content='listing_searched', content_rowid='id', tokenize='trigram', detail=none)"
    )
    add = "INSERT INTO listing_trigram(rowid, search_text) VALUES (new.id, new.search_text || char(10, 10));"
    remove = (
        "INSERT INTO listing_trigram(listing_trigram, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text || char(10, 10));"
    )
    op.execute(f"CREATE TRIGGER listing_trigram_insert AFTER INSERT ON listing BEGIN {add} END")
    op.execute(f"CREATE TRIGGER listing_trigram_delete AFTER DELETE ON listing BEGIN {remove} END")
    op.execute(
        "CREATE TRIGGER listing_trigram_update AFTER UPDATE OF search_text ON listing "
        f"WHEN old.search_text IS NOT new.search_text BEGIN {remove} {add} END"
    )
    op.execute("INSERT INTO listing_trigram(listing_trigram) VALUES ('rebuild')")
    op.execute("CREATE VIRTUAL TABLE listing_trigram_terms USING fts5vocab('listing_trigram', 'row')")

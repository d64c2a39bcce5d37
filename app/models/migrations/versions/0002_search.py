"""Substring search: trigrams for three characters and more, bigrams for two (Chinese words are mostly two).

The index keeps no positions (`detail=none`: a seventh of the size), so every hit is rechecked against
`search_text`. Triggers keep both tables in step whoever writes the listing.

Revision: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

INDEXES = (("listing_trigram", "search_text", "trigram"), ("listing_bigram", "bigram_text", "unicode61"))


def upgrade() -> None:
    for table, column, tokenizer in INDEXES:
        op.execute(
            f"CREATE VIRTUAL TABLE {table} USING fts5("
            f"{column}, content='listing', content_rowid='id', tokenize='{tokenizer}', detail=none)"
        )
        add = f"INSERT INTO {table}(rowid, {column}) VALUES (new.id, new.{column});"
        remove = f"INSERT INTO {table}({table}, rowid, {column}) VALUES ('delete', old.id, old.{column});"
        op.execute(f"CREATE TRIGGER {table}_insert AFTER INSERT ON listing BEGIN {add} END")
        op.execute(f"CREATE TRIGGER {table}_delete AFTER DELETE ON listing BEGIN {remove} END")
        op.execute(
            f"CREATE TRIGGER {table}_update AFTER UPDATE OF {column} ON listing "
            f"WHEN old.{column} IS NOT new.{column} BEGIN {remove} {add} END"
        )
        op.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")

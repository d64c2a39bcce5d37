"""What is long or searched stands in tables of its own: an edit of prices does not write descriptions anew.

SQLite writes a row whole. A listing has kilobytes of description, attributes and the platform's record, and the text
that is searched: a price that changes took all of it along. `listing_body` and `listing_search` have the ids of their
listings. The search tables read from the second; what they have found stays, the texts are the same. What the last
sync noted of a listing moves out of the platform's record into `listing_synced`: the price guard and the queue ask for
it listing by listing, and would read the whole record. Both it and `sent_price` gain the
content hash of a listing with these prices.

Revision: 0033
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"

BODY = ("keywords", "detail_html", "attributes", "extra", "remote")
SEARCHED = ("search_text", "bigram_text")
LONGEST_FIRST = ("remote", "detail_html", "search_text", "attributes", "extra", "keywords", "bigram_text")
"""Dropping a column writes every row anew: the shorter, the less."""
OF_LISTING = "FOREIGN KEY(id) REFERENCES listing (id) ON DELETE CASCADE"
TRIGRAM = ("listing_trigram", "search_text", "{row}.search_text || char(10, 10)")
BIGRAM = ("listing_bigram", "bigram_text", "{row}.bigram_text")


def upgrade() -> None:
    _make_tables()
    _take_marks_out()
    _move_search_tables()
    op.execute("DROP INDEX ix_listing_known")
    for name in LONGEST_FIRST:
        op.execute(f"ALTER TABLE listing DROP COLUMN {name}")


def _make_tables() -> None:
    op.execute(
        "CREATE TABLE listing_body (id INTEGER NOT NULL, keywords VARCHAR NOT NULL, detail_html VARCHAR NOT NULL, "
        "attributes JSON NOT NULL, extra JSON NOT NULL, remote JSON, "
        f"CONSTRAINT pk_listing_body PRIMARY KEY (id), CONSTRAINT fk_listing_body_id_listing {OF_LISTING})"
    )
    op.execute(
        "CREATE TABLE listing_search (id INTEGER NOT NULL, search_text VARCHAR NOT NULL, "
        "bigram_text VARCHAR NOT NULL, CONSTRAINT pk_listing_search PRIMARY KEY (id), "
        f"CONSTRAINT fk_listing_search_id_listing {OF_LISTING})"
    )
    for table, columns in (("listing_body", BODY), ("listing_search", SEARCHED)):
        listed = ", ".join(("id", *columns))
        op.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM listing ORDER BY id")


def _take_marks_out() -> None:
    op.execute(
        "CREATE TABLE listing_synced (id INTEGER NOT NULL, modified_ms BIGINT, read_ms BIGINT NOT NULL, "
        "said_hash VARCHAR NOT NULL, our_hash VARCHAR NOT NULL, group_id VARCHAR, skus JSON, "
        f"CONSTRAINT pk_listing_synced PRIMARY KEY (id), CONSTRAINT fk_listing_synced_id_listing {OF_LISTING})"
    )
    op.execute(
        "INSERT INTO listing_synced SELECT id, mark ->> 'modified_ms', coalesce(mark ->> 'read_ms', 0), "
        "coalesce(mark ->> 'hash', ''), '', mark ->> 'group', mark -> 'skus' "
        "FROM (SELECT id, json_extract(remote, '$._sync') AS mark FROM listing WHERE remote IS NOT NULL) "
        "WHERE json_type(mark) = 'object'"
    )
    op.execute("ALTER TABLE sent_price ADD COLUMN our_hash VARCHAR DEFAULT '' NOT NULL")
    op.execute("UPDATE listing_body SET remote = json_remove(remote, '$._sync') WHERE remote IS NOT NULL")


def _move_search_tables() -> None:
    for table, _, _ in (TRIGRAM, BIGRAM):
        for event in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER {table}_{event}")
    op.execute("DROP VIEW listing_searched")
    op.execute(
        "CREATE VIEW listing_searched AS SELECT id, search_text || char(10, 10) AS search_text FROM listing_search"
    )
    op.execute("DROP TABLE listing_bigram")
    op.execute(
        "CREATE VIRTUAL TABLE listing_bigram USING fts5("
        "bigram_text, content='listing_search', content_rowid='id', tokenize='unicode61', detail=none)"
    )
    op.execute("INSERT INTO listing_bigram(listing_bigram) VALUES ('rebuild')")
    for table, column, text in (TRIGRAM, BIGRAM):
        _keep_in_step(table, column, text)


def _keep_in_step(table: str, column: str, text: str) -> None:
    old, new = (text.format(row=row) for row in ("old", "new"))
    add = f"INSERT INTO {table}(rowid, {column}) VALUES (new.id, {new});"
    remove = f"INSERT INTO {table}({table}, rowid, {column}) VALUES ('delete', old.id, {old});"
    op.execute(f"CREATE TRIGGER {table}_insert AFTER INSERT ON listing_search BEGIN {add} END")
    op.execute(f"CREATE TRIGGER {table}_delete AFTER DELETE ON listing_search BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER {table}_update AFTER UPDATE OF {column} ON listing_search "
        f"WHEN old.{column} IS NOT new.{column} BEGIN {remove} {add} END"
    )

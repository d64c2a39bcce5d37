-- Added with version 2: what was accepted, feeds, size charts, counters that outlive a restart.

ALTER TABLE token ADD COLUMN is_dead INTEGER NOT NULL DEFAULT 0;   -- the access token alone

CREATE TABLE accepted_write (
    write_id   INTEGER PRIMARY KEY,      -- ascends in the order of acceptance
    moment_ms  INTEGER NOT NULL,
    store_id   INTEGER NOT NULL REFERENCES store,
    app_key    TEXT NOT NULL,
    method     TEXT NOT NULL,
    kind       TEXT NOT NULL,            -- create, edit, price, stock, online, offline, delete, ...
    subject    INTEGER NOT NULL,         -- product, order, image or group
    feed_item  TEXT NOT NULL,            -- the caller's id of the feed item it came in, else ""
    digest     TEXT NOT NULL,            -- of the subject's whole content after the write
    said       TEXT NOT NULL             -- the values this write set, where they are few
);
CREATE INDEX accepted_write_by_subject ON accepted_write (subject);

CREATE TABLE feed_job (
    job_id         INTEGER PRIMARY KEY,
    store_id       INTEGER NOT NULL REFERENCES store,
    app_key        TEXT NOT NULL,
    operation_type TEXT NOT NULL,
    submitted_ms   INTEGER NOT NULL,
    is_invalidated INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX feed_job_by_store ON feed_job (store_id, submitted_ms);

CREATE TABLE feed_item (
    job_id     INTEGER NOT NULL REFERENCES feed_job,
    position   INTEGER NOT NULL,
    content_id TEXT NOT NULL,
    due_ms     INTEGER NOT NULL,         -- from when it may be carried out
    content    BLOB,                     -- gone once carried out
    result     TEXT,                     -- JSON text, NULL until carried out
    is_good    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, position)
) WITHOUT ROWID;
CREATE INDEX feed_item_open ON feed_item (due_ms) WHERE result IS NULL;
CREATE INDEX feed_item_by_content_id ON feed_item (content_id);

CREATE TABLE size_chart (
    chart_id    INTEGER PRIMARY KEY,
    store_id    INTEGER NOT NULL REFERENCES store,
    category_id INTEGER NOT NULL,
    name        TEXT NOT NULL,
    model_name  TEXT NOT NULL,
    is_default  INTEGER NOT NULL
);

CREATE TABLE day_count (
    app_key     TEXT PRIMARY KEY,
    midnight_ms INTEGER NOT NULL,        -- the end of the day it counts
    calls       INTEGER NOT NULL
) WITHOUT ROWID;

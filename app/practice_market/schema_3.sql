-- Added with version 3: shared-store codes, and the colleague's store they are practised on.

ALTER TABLE store ADD COLUMN is_neighbour INTEGER NOT NULL DEFAULT 0;   -- opened by a shared code only

CREATE TABLE shared_code (
    code         TEXT PRIMARY KEY,
    app_key      TEXT NOT NULL REFERENCES app,
    store_id     INTEGER NOT NULL REFERENCES store,
    issued_ms    INTEGER NOT NULL,
    is_withdrawn INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

ALTER TABLE token ADD COLUMN shared_code TEXT NOT NULL DEFAULT '';      -- the code it was given for, else ""

-- Added with version 4: which request a write came with, and whether a fault carried that request out once more.

ALTER TABLE accepted_write ADD COLUMN request_id TEXT NOT NULL DEFAULT '';    -- what the answer calls it, "" before
ALTER TABLE accepted_write ADD COLUMN is_repeat INTEGER NOT NULL DEFAULT 0;   -- of the second time, nobody asked for it
ALTER TABLE feed_job ADD COLUMN request_id TEXT NOT NULL DEFAULT '';          -- both hold for the writes of its items
ALTER TABLE feed_job ADD COLUMN is_repeat INTEGER NOT NULL DEFAULT 0;

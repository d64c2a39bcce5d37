-- Times are epoch milliseconds, money is cents, documents are JSON.

CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE app (app_key TEXT PRIMARY KEY, app_secret TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE store (
    store_id   INTEGER PRIMARY KEY,      -- the platform's seller id
    name       TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    login_id   TEXT NOT NULL,
    account    TEXT NOT NULL,
    country    TEXT NOT NULL,
    currency   TEXT NOT NULL
);

CREATE TABLE token (
    access_token  TEXT PRIMARY KEY,
    refresh_token TEXT NOT NULL UNIQUE,
    app_key       TEXT NOT NULL REFERENCES app,
    store_id      INTEGER NOT NULL REFERENCES store,
    issued_ms     INTEGER NOT NULL,
    is_revoked    INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE authorisation_code (
    code      TEXT PRIMARY KEY,
    app_key   TEXT NOT NULL REFERENCES app,
    store_id  INTEGER NOT NULL REFERENCES store,
    issued_ms INTEGER NOT NULL,
    is_used   INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE product_group (
    group_id  INTEGER PRIMARY KEY,
    store_id  INTEGER NOT NULL REFERENCES store,
    parent_id INTEGER NOT NULL,          -- 0 at the top
    name      TEXT NOT NULL
);

CREATE TABLE freight_template (
    store_id    INTEGER NOT NULL REFERENCES store,
    template_id INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    name        TEXT NOT NULL,
    is_default  INTEGER NOT NULL,
    settings    TEXT NOT NULL,
    PRIMARY KEY (store_id, template_id)
) WITHOUT ROWID;

CREATE TABLE promise_template (
    store_id    INTEGER NOT NULL REFERENCES store,
    template_id INTEGER NOT NULL,
    name        TEXT NOT NULL,
    PRIMARY KEY (store_id, template_id)
) WITHOUT ROWID;

CREATE TABLE product (
    product_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id       INTEGER NOT NULL REFERENCES store,
    status         TEXT NOT NULL,        -- onSelling, offline, auditing, editingRequired
    status_after   TEXT NOT NULL,        -- what a passed review leads to
    review_from_ms INTEGER NOT NULL,     -- the review delay counts from here
    reviews        INTEGER NOT NULL,     -- how often it was submitted
    created_ms     INTEGER NOT NULL,
    modified_ms    INTEGER NOT NULL,
    offline_ms     INTEGER NOT NULL,     -- when it expires or went off sale
    offline_reason TEXT NOT NULL,
    title          TEXT NOT NULL,
    title_folded   TEXT NOT NULL,
    codes          TEXT NOT NULL,        -- merchant codes, sorted, one a line
    images         TEXT NOT NULL,        -- main pictures as kept, joined with ;
    category_id    INTEGER NOT NULL,
    group_id       INTEGER NOT NULL,
    template_id    INTEGER NOT NULL,
    price_min      INTEGER NOT NULL,
    price_max      INTEGER NOT NULL,
    source         TEXT NOT NULL,
    record         BLOB NOT NULL
);
CREATE INDEX product_by_status ON product (store_id, status, product_id);
CREATE INDEX product_in_review ON product (review_from_ms) WHERE status = 'auditing';
INSERT INTO sqlite_sequence VALUES ('product', 1005006000000000);

CREATE TABLE sku_code (
    product_id INTEGER NOT NULL REFERENCES product,
    code       TEXT NOT NULL,
    PRIMARY KEY (code, product_id)
) WITHOUT ROWID;
CREATE INDEX sku_code_by_product ON sku_code (product_id);

CREATE TABLE image (
    image_id    INTEGER PRIMARY KEY,
    store_id    INTEGER NOT NULL REFERENCES store,
    hash        TEXT NOT NULL,
    extension   TEXT NOT NULL,
    name        TEXT NOT NULL,
    group_id    TEXT NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    size        INTEGER NOT NULL,        -- bytes
    created_ms  INTEGER NOT NULL,
    drawing     TEXT NOT NULL,           -- what a practice picture shows, drawn when first asked for
    bytes       BLOB,
    UNIQUE (store_id, hash)
);
CREATE INDEX image_by_hash ON image (hash);

CREATE TABLE trade_order (
    order_id    INTEGER PRIMARY KEY,
    store_id    INTEGER NOT NULL REFERENCES store,
    status      TEXT NOT NULL,
    buyer       TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    paid_ms     INTEGER,
    sent_ms     INTEGER,
    ended_ms    INTEGER,
    deadline_ms INTEGER,
    record      TEXT NOT NULL
);
CREATE INDEX trade_order_by_creation ON trade_order (store_id, created_ms);

CREATE TABLE shipment (
    shipment_id  INTEGER PRIMARY KEY,
    order_id     INTEGER NOT NULL REFERENCES trade_order,
    service_name TEXT NOT NULL,
    logistics_no TEXT NOT NULL,
    send_type    TEXT NOT NULL,
    website      TEXT NOT NULL,
    sent_ms      INTEGER NOT NULL,
    changes      INTEGER NOT NULL         -- how often carrier or number were corrected
);
CREATE INDEX shipment_by_order ON shipment (order_id);

"""
What PostgreSQL alone needs for each operation: no store on it can be faster.

pgbench reads and writes the rows that an operation cannot do without, over prepared
statements, in a schema of its own that has no more than a shop must keep: no indexes
for lists that nobody asks for here, no history beyond a stock movement, no job queue.
So the limit does not move when the store's own schema grows, and the ratio tells.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping

from benchmarks.rig.database import TemporaryDatabase
from benchmarks.speed.processes import LOAD_CPU, cpu_seconds, pin

SCHEMA = """
CREATE SCHEMA floor;
SET search_path = floor;
CREATE TABLE product (
    id int PRIMARY KEY, slug text UNIQUE, title text, about text, picture text, active bool,
    category int, born timestamptz DEFAULT now());
CREATE INDEX ON product (born DESC, id) WHERE active;
CREATE TABLE variant (
    id int PRIMARY KEY, product int REFERENCES product, sku text UNIQUE, price numeric(19, 4),
    options jsonb);
CREATE INDEX ON variant (product);
CREATE TABLE stock (
    variant int PRIMARY KEY REFERENCES variant, on_hand int, reserved int,
    CHECK (reserved >= 0 AND on_hand >= reserved));
CREATE TABLE cart (id uuid PRIMARY KEY, token bytea UNIQUE, born timestamptz DEFAULT now());
CREATE TABLE cart_line (
    cart uuid REFERENCES cart ON DELETE CASCADE, variant int REFERENCES variant, quantity int,
    PRIMARY KEY (cart, variant));
CREATE TABLE purchase (
    id uuid PRIMARY KEY, number text UNIQUE, email text, state text, total numeric(19, 4),
    sums jsonb, address jsonb, born timestamptz DEFAULT now());
CREATE TABLE purchase_line (
    id uuid PRIMARY KEY, purchase uuid REFERENCES purchase, variant int REFERENCES variant,
    title text, sku text, quantity int, price numeric(19, 4));
CREATE INDEX ON purchase_line (purchase);
CREATE TABLE payment (
    id uuid PRIMARY KEY, purchase uuid REFERENCES purchase, intent text, state text,
    amount numeric(19, 4));
CREATE INDEX ON payment (purchase);
CREATE TABLE movement (
    id uuid PRIMARY KEY, variant int REFERENCES variant, change int, after int, purchase uuid,
    at timestamptz DEFAULT now());
CREATE INDEX ON movement (variant);
INSERT INTO product SELECT n, 'item-' || n, 'Blue Cotton Shirt ' || n, repeat('soft ', 40),
    'https://images.example.com/' || n || '.jpg', true, n % 50 FROM generate_series(1, 1000) n;
INSERT INTO variant SELECT n, (n - 1) / 3 + 1, 'sku-' || n, 10 + n % 90, '{"Size": "M"}'
    FROM generate_series(1, 3000) n;
INSERT INTO stock SELECT n, 1000000000, 0 FROM generate_series(1, 3000) n;
INSERT INTO cart VALUES ('00000000-0000-4000-8000-000000000001', 'three');
INSERT INTO cart_line SELECT '00000000-0000-4000-8000-000000000001', n, 1
    FROM generate_series(10, 12) n;
ANALYZE;
"""

SCRIPTS: Mapping[str, str] = {
    "product_list": """
SELECT p.id, p.slug, p.title, p.picture,
    (SELECT min(price) FROM floor.variant v WHERE v.product = p.id)
FROM floor.product p WHERE active ORDER BY born DESC, id LIMIT 24;
""",
    "product_detail": """
\\set product random(1, 1000)
SELECT p.*, (SELECT jsonb_agg(to_jsonb(v) || jsonb_build_object('left', s.on_hand - s.reserved))
    FROM floor.variant v JOIN floor.stock s ON s.variant = v.id WHERE v.product = p.id)
FROM floor.product p WHERE id = :product;
""",
    "cart_add": """
\\set variant random(1, 3000)
BEGIN;
SELECT v.*, s.* FROM floor.variant v JOIN floor.stock s ON s.variant = v.id WHERE v.id = :variant;
WITH fresh AS (
    INSERT INTO floor.cart VALUES (gen_random_uuid(), uuid_send(gen_random_uuid())) RETURNING id)
INSERT INTO floor.cart_line SELECT id, :variant, 1 FROM fresh;
COMMIT;
""",
    "cart_read": """
SELECT l.*, v.*, p.title, s.* FROM floor.cart c JOIN floor.cart_line l ON l.cart = c.id
JOIN floor.variant v ON v.id = l.variant JOIN floor.product p ON p.id = v.product
JOIN floor.stock s ON s.variant = v.id WHERE c.token = 'three';
""",
    "checkout": """
\\set one random(1, 1500)
\\set two random(1501, 3000)
BEGIN;
WITH fresh AS (
    INSERT INTO floor.cart VALUES (gen_random_uuid(), uuid_send(gen_random_uuid())) RETURNING id)
INSERT INTO floor.cart_line SELECT id, n, 1 FROM fresh, (VALUES (:one::int), (:two::int)) w(n);
COMMIT;
BEGIN;
SELECT * FROM floor.stock WHERE variant IN (:one, :two) ORDER BY variant FOR UPDATE;
WITH placed AS (
    INSERT INTO floor.purchase VALUES (gen_random_uuid(), gen_random_uuid()::text,
        'ada@example.com', 'paid', 25, '{"subtotal": "20.00", "tax": "0", "shipping": "5.00"}',
        '{"name": "Ada Byron", "street": "12 Main Street", "city": "Springfield",
          "state": "CA", "postal_code": "90001", "country": "US"}') RETURNING id
), lines AS (
    INSERT INTO floor.purchase_line SELECT gen_random_uuid(), id, n, 'Blue Cotton Shirt', 'sku',
        1, 10
    FROM placed, (VALUES (:one::int), (:two::int)) w(n)
), moved AS (
    INSERT INTO floor.movement SELECT gen_random_uuid(), n, -1, 5, id
    FROM placed, (VALUES (:one::int), (:two::int)) w(n)
)
INSERT INTO floor.payment SELECT gen_random_uuid(), id, 'intent', 'captured', 25 FROM placed;
UPDATE floor.stock SET on_hand = on_hand - 1 WHERE variant IN (:one, :two);
COMMIT;
""",
}
"""Each operation in as few statements and transactions as its facts can be kept in."""

_DONE = re.compile(r"transactions actually processed: (\d+)")


def limits(database: TemporaryDatabase, *, seconds: int) -> dict[str, float]:
    """Milliseconds of PostgreSQL's CPU time for each operation."""
    with database.connect() as connection:
        connection.execute(SCHEMA.encode())
    pin(LOAD_CPU)
    return {name: _limit(database, name, seconds) for name in SCRIPTS}


def _limit(database: TemporaryDatabase, name: str, seconds: int) -> float:
    script = database.folder / f"{name}.sql"
    script.write_text(SCRIPTS[name])
    root = database.postmaster.pid
    command = [
        str(database.program("pgbench")),
        *("--no-vacuum", "--protocol=prepared", f"--file={script}", "--client=16", "--jobs=1"),
    ]
    subprocess.run([*command, "--time=1", database.url], check=True, capture_output=True)
    before = cpu_seconds(root)
    ended = subprocess.run(
        [*command, f"--time={seconds}", database.url], check=True, capture_output=True, text=True
    )
    spent = cpu_seconds(root) - before
    done = _DONE.search(ended.stdout)
    assert done is not None, ended.stdout
    return round(spent / int(done[1]) * 1e3, 3)

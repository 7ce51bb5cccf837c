-- Accounts that sign in: what they prove themselves by, their sessions, and what staff did.

ALTER TABLE users
    ADD COLUMN groups text[] NOT NULL DEFAULT '{}',
    ADD COLUMN tax_exempt boolean NOT NULL DEFAULT false,
    ADD COLUMN second_factor jsonb,
    ADD COLUMN pending_email jsonb,
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN version integer NOT NULL DEFAULT 1;
-- Every sign-in writes its time; with room in the page no index hears of it.
ALTER TABLE users SET (fillfactor = 85);
-- Whole: while the table is small a partial index looks cheap for whatever implies its
-- condition, and a plan that was made then is kept.
CREATE INDEX users_role_idx ON users (role, id);
-- Accounts that somebody put in by hand: an e-mail has one spelling from here on.
UPDATE users SET email = lower(email) WHERE email <> lower(email);

-- One default a type, whoever writes; of several that stand there already the oldest is kept.
UPDATE addresses a SET is_default = false
WHERE a.is_default AND EXISTS (
    SELECT 1 FROM addresses b
    WHERE b.is_default AND b.user_id = a.user_id AND b.type = a.type
        AND (b.created_at, b.id) < (a.created_at, a.id));
-- A unique index would look at each row as it changes, this one when the statement is through.
ALTER TABLE addresses ADD CONSTRAINT addresses_default_key
    EXCLUDE USING btree (user_id WITH =, type WITH =) WHERE (is_default) DEFERRABLE;

CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent varchar(255),
    ip_address varchar(45),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
) WITH (fillfactor = 85);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_over_idx ON sessions (coalesce(ended_at, expires_at));

-- Every refresh token of a session, spent ones too: one that comes again ends the session.
CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);

-- Changes of sessions that caches have not heard of, each under the mark of its work: another
-- change of the same session must not be forgotten with it.
CREATE TABLE distrusted_sessions (
    mark uuid NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (mark, session_id)
);

-- Secrets that were mailed, by their hashes; the newest of an account and purpose counts.
CREATE TABLE mailed_links (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose varchar(30) NOT NULL,
    email varchar(255) NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE UNIQUE INDEX mailed_links_open_key ON mailed_links (user_id, purpose)
    WHERE used_at IS NULL;
CREATE INDEX mailed_links_user_id_idx ON mailed_links (user_id);
CREATE INDEX mailed_links_expires_at_idx ON mailed_links (expires_at);

CREATE TABLE signing_keys (
    id varchar(40) PRIMARY KEY,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
-- The first key comes with its table: processes that start at once would each make their own.
INSERT INTO signing_keys (id, secret) VALUES
    (gen_random_uuid()::text, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

CREATE TABLE audit_trail (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    user_id uuid,
    action varchar(100) NOT NULL,
    subject text NOT NULL,
    before jsonb,
    after jsonb
);
CREATE INDEX audit_trail_subject_idx ON audit_trail (subject, id DESC);
CREATE INDEX audit_trail_user_id_idx ON audit_trail (user_id, id DESC);

ALTER TABLE carts ADD COLUMN merged_into uuid REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX carts_merged_into_idx ON carts (merged_into) WHERE merged_into IS NOT NULL;
-- Who is forgotten must not stand in a cart or in an answer that was kept.
CREATE INDEX carts_email_idx ON carts (email) WHERE email IS NOT NULL;

-- The order that an answer shows.
ALTER TABLE idempotency_keys ADD COLUMN order_id uuid;
UPDATE idempotency_keys k SET order_id = shown.id
FROM (SELECT caller, key, (coalesce(told -> 'order', told) ->> 'id')::uuid AS id
      FROM (SELECT caller, key, convert_from(answer, 'UTF8')::jsonb AS told
            FROM idempotency_keys WHERE answer IS NOT NULL) AS answers
      WHERE coalesce(told -> 'order', told) ? 'shipping_address') AS shown
WHERE k.caller = shown.caller AND k.key = shown.key;
CREATE INDEX idempotency_keys_order_id_idx ON idempotency_keys (order_id)
    WHERE order_id IS NOT NULL;

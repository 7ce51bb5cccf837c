"""People and where they live, how they sign in, and what staff changed."""

from sqlalchemy import Boolean, Column, Date, Integer, String, Table, Text, Uuid

from automate_store.adapters.postgres.tables._columns import (
    Bytes,
    Json,
    Moment,
    Texts,
    UserRole,
    metadata,
    reference,
    required,
    row_id,
)

users = Table(
    "users",
    metadata,
    row_id(),
    required("email", String(255)),
    required("password_hash", String(255)),
    required("first_name", String(100)),
    required("last_name", String(100)),
    Column("phone", String(20)),
    Column("date_of_birth", Date),
    required("role", UserRole),
    required("email_verified", Boolean),
    Column("email_verification_token", String(255)),
    Column("password_reset_token", String(255)),
    Column("password_reset_expires", Moment),
    Column("last_login", Moment),
    required("created_at", Moment),
    required("updated_at", Moment),
    required("groups", Texts),
    required("tax_exempt", Boolean),
    Column("second_factor", Json),
    Column("pending_email", Json),
    Column("deleted_at", Moment),
    required("version", Integer),
)

addresses = Table(
    "addresses",
    metadata,
    row_id(),
    reference("user_id", "users", ondelete="CASCADE"),
    required("type", String(20)),
    required("first_name", String(100)),
    required("last_name", String(100)),
    Column("company", String(100)),
    required("address_line_1", String(255)),
    Column("address_line_2", String(255)),
    required("city", String(100)),
    required("state", String(100)),
    required("postal_code", String(20)),
    required("country", String(2)),
    Column("phone", String(20)),
    required("is_default", Boolean),
    required("created_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    row_id(),
    reference("user_id", "users", nullable=False, ondelete="CASCADE"),
    Column("user_agent", String(255)),
    Column("ip_address", String(45)),
    required("created_at", Moment),
    required("last_used_at", Moment),
    required("expires_at", Moment),
    Column("ended_at", Moment),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", Bytes, primary_key=True),
    reference("session_id", "sessions", nullable=False, ondelete="CASCADE"),
    Column("used_at", Moment),
    required("created_at", Moment),
)

distrusted_sessions = Table(
    "distrusted_sessions",
    metadata,
    Column("mark", Uuid, primary_key=True),
    Column("session_id", Uuid, primary_key=True),
    required("created_at", Moment),
)

mailed_links = Table(
    "mailed_links",
    metadata,
    row_id(),
    reference("user_id", "users", nullable=False, ondelete="CASCADE"),
    required("purpose", String(30)),
    required("email", String(255)),
    required("token_hash", Bytes),
    required("created_at", Moment),
    required("expires_at", Moment),
    Column("used_at", Moment),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("id", String(40), primary_key=True),
    required("secret", Bytes),
    required("created_at", Moment),
)

audit_trail = Table(
    "audit_trail",
    metadata,
    row_id(),
    required("at", Moment),
    required("actor", Text),
    Column("user_id", Uuid),
    required("action", String(100)),
    required("subject", Text),
    Column("before", Json),
    Column("after", Json),
)

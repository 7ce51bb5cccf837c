"""People, and where they live."""

from sqlalchemy import Boolean, Column, Date, String, Table

from automate_store.adapters.postgres.tables._columns import (
    Moment,
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

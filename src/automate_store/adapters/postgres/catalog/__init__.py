"""Products in Postgres: whole for those who change them, in rows for those who browse."""

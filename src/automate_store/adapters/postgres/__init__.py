"""PostgreSQL: the engine, the tables, the unit of work and the repositories."""

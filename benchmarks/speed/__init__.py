"""CPU time of each shopping operation: the store, beside what PostgreSQL alone would need."""

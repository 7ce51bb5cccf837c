"""The rules of the store: pure, synchronous, and free of every framework."""

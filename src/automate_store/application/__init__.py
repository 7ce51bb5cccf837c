"""The use cases: load through ports, let the domain decide, save."""

"""The ways in: HTTP, the command line, and the property-testing kit."""

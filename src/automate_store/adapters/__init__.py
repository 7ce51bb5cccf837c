"""The machinery behind the ports: databases, gateways, files, the clock."""

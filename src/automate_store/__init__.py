"""automate_store: a commerce core, with the rules apart from the machinery."""

UNINSTALLED = "0.0.0"
"""The version of a source tree that runs without having been installed."""


def release() -> str:
    """The version of this package."""
    # Slow to import, and whoever wants the rules alone does not ask.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("automate_store")
    except PackageNotFoundError:
        return UNINSTALLED

"""automate_store: a commerce core, with the rules apart from the machinery."""

from importlib.metadata import PackageNotFoundError, version

UNINSTALLED = "0.0.0"
"""The version of a source tree that runs without having been installed."""


def release() -> str:
    """The version of this package."""
    try:
        return version("automate_store")
    except PackageNotFoundError:
        return UNINSTALLED

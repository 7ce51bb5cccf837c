"""Settings: what can be set from the environment, read once into one frozen value."""

from automate_store.entrypoints.settings.kinds import LogFormat, LogLevel
from automate_store.entrypoints.settings.settings import (
    PREFIX,
    Setting,
    Settings,
    SettingsRefused,
    describe,
    markdown_table,
    user_data_dir,
)

__all__ = [
    "PREFIX",
    "LogFormat",
    "LogLevel",
    "Setting",
    "Settings",
    "SettingsRefused",
    "describe",
    "markdown_table",
    "user_data_dir",
]

"""Settings: what can be set from the environment, read once into one frozen value."""

from automate_store.entrypoints.settings.declaring import (
    PREFIX,
    Setting,
    SettingsRefused,
    user_data_dir,
)
from automate_store.entrypoints.settings.edge import ANY, host_name
from automate_store.entrypoints.settings.kinds import LogFormat, LogLevel
from automate_store.entrypoints.settings.settings import (
    Settings,
    describe,
    markdown_table,
)

__all__ = [
    "ANY",
    "PREFIX",
    "LogFormat",
    "LogLevel",
    "Setting",
    "Settings",
    "SettingsRefused",
    "describe",
    "host_name",
    "markdown_table",
    "user_data_dir",
]

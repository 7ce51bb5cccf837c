"""The machine's own clock, chance and ways to leave a mail: where the real world gets in."""

from automate_store.adapters.system.clock import SystemClock
from automate_store.adapters.system.ids import SystemIds
from automate_store.adapters.system.messages import ConsoleMailer, FileMailer

__all__ = ["ConsoleMailer", "FileMailer", "SystemClock", "SystemIds"]

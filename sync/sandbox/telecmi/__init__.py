"""TeleCMI as its documents describe it."""

from sync.sandbox.telecmi.api import TeleCMI

__all__ = ["TeleCMI"]

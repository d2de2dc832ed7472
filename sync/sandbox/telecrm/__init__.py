"""Telecrm as its documents describe it."""

from sync.sandbox.telecrm.api import Telecrm

__all__ = ["Telecrm"]

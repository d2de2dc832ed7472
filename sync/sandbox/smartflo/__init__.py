"""Smartflo as its documents describe it."""

from sync.sandbox.smartflo.api import Smartflo

__all__ = ["Smartflo"]

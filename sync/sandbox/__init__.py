"""TeleCMI, Telecrm and Smartflo on loopback, for practice and for tests.

A separate process that imports nothing of this project and no Django: it is written from the
providers' documents alone, so that a misreading on our side shows.
"""

from sync.sandbox.launch import main

__all__ = ["main"]

"""The ledger's clock, which is the database's."""

from access.clock import SERVER_TIME as SERVER_TIME
from access.clock import now as now

"""Trouble on demand: which requests meet which fault, scripted and reproducible."""

from reconciler.sandbox.faults.fault import CALM, Fault
from reconciler.sandbox.faults.faults import Faults
from reconciler.sandbox.faults.script import FaultError

__all__ = ["CALM", "Fault", "FaultError", "Faults"]

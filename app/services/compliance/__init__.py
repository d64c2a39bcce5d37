"""The checker: one function decides what may be published, for preview and for sending."""

from app.services.compliance.checker import check
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Finding, Fix, Severity
from app.services.compliance.loading import load_context

__all__ = ["CheckContext", "Finding", "Fix", "Severity", "check", "load_context"]

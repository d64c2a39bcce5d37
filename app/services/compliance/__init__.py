"""The checker: one function decides what may be published, for preview and for sending."""

"""The Orders tab: what must be sent, by deadline."""

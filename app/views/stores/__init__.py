"""The Stores tab: health, sign-in and figures of every store."""

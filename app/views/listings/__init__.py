"""The Listings tab: drafts and live listings, their editor, publishing."""

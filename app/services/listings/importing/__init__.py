"""From a typed sheet to drafts: compare with what is there, show it, apply it as one change."""

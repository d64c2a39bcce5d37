"""The publish queue, its journal, and finding out what became of unanswered requests."""

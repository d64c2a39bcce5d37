"""Jobs: what runs, what it waits for, how it ended."""

"""One module a group of commands; each has `add_to(commands)` and imports its services when it runs."""

"""The bulk edit dialog: changes left, what they would do to every row right, one undoable change."""

"""The word lists: what stands in them, editing in the cell, sheets, trying a title."""

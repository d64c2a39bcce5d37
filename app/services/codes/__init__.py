"""SKU codes (domain.md 7): reading them, what is known besides their text, and the keys by which they are compared.

`reading` and what it imports is pure: text and rules in, a reading out. The other modules ask the database.
"""

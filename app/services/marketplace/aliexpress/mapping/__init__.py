"""What the platform calls things, as tables: methods, fields, states."""

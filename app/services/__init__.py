"""What can be done, free of Qt: one folder per noun."""

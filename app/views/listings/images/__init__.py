"""What is wrong with pictures, and repairing them."""

"""Changes: recording before-images, undoing, redoing, listing them."""

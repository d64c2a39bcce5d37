"""Programs that are measured from outside: each runs in a fresh process and prints one JSON object on its last line."""

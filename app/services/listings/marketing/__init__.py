"""Marketing groups: which discount campaign a listing takes part in, and the discount planned for it."""

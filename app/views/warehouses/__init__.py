"""The Warehouse templates tab: dispatch countries a listing can get."""

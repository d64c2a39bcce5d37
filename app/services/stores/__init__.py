"""Stores: connecting them, their credentials, bringing their data here."""

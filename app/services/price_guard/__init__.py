"""The price guard: prices below a floor, out of proportion or of unknown profit wait in quarantine for a person's word
(domain.md 10.5, 10.6, 13, 14.3)."""

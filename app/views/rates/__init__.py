"""The editor of exchange rates, commissions and the numbers prices are made with."""

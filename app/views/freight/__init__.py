"""The Freight templates tab: who pays what for which country."""

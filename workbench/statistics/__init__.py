"""Small-sample statistics that do not say more than the numbers do."""

"""A replay of real trading: a retailer's invoices, placed again as orders and returns."""

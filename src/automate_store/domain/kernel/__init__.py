"""What every subdomain speaks: money, errors, events, ids, places, periods."""

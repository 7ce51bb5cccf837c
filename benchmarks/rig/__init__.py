"""What every check stands on: a real database, two real servers, and shoppers with sockets."""

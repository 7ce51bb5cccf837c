"""automate_store: a commerce core, with the rules apart from the machinery."""

"""What goes over the wire: a struct for each thing, made from what a use case gives."""

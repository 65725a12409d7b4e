"""What officers send from the field: operations that only grow, and what follows from them."""

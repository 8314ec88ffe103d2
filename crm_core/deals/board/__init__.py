"""The board: columns of deals with their totals, and the order within them."""

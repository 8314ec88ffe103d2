"""Raw inputs are committed here before anybody acknowledges them."""

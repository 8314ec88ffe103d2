"""The demo world: small real servers of the channels' protocols and customers who use them."""

"""Small real servers on loopback that speak the protocols of the channels; the tests use them too."""

"""Acts: what a person did and can take back, with everything that it changed."""

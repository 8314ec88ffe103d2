"""UIS and CoMagic: calls of the virtual exchange."""

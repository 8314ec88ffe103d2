"""The languages of the product: catalogs, and the one in which a request is answered."""

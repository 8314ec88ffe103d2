"""The site chat connector."""

"""New words apart from quoted history, banners and signatures."""

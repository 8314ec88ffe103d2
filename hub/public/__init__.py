"""What visitors of other web sites see: hosted forms, the site chat, and the scripts that embed them."""

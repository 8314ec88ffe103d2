"""What those who run the hub look at: what is wrong with its channels now, and the figures of the hall."""

"""What the hub does when something happened: the relay inserts runs, a runner does each in a transaction of its own."""

"""The one path of every run: admit, claim, run, finish, reap."""

"""What `run.py` needs before the environment exists: standard library only, nothing of `app`."""

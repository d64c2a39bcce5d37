"""Commands over the same services as the window (DESIGN.md 7).

`main.run(arguments)` does one command and returns its exit code:

- 0 done
- 1 done, but some rows were refused or failed
- 2 nothing done: bad input or usage; the message says what, where and the remedy
- 3 marketplace or database out of reach, work kept
"""

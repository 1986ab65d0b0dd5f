"""Where author code runs: warm processes, forked on request, that hold the SDK and nothing else.

Kept free of imports: the fork server and the runners import this package too.
"""

"""Microsoft Graph and HaloPSA to try things against: apps that speak HTTP and hold state.

They need the extra `testing`. Nothing that runs in production imports them.
"""

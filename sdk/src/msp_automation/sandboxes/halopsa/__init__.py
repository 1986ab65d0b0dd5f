"""The HaloPSA sandbox: its token endpoint, clients and tickets."""

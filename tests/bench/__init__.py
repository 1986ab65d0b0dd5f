"""The bars of the product, measured beside their floor."""

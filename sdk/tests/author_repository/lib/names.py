def sign_in_name(first_name: str, domain: str) -> str:
    return f"{first_name.lower()}@{domain}"

"""Microsoft 365 products by the names that people know.

Source: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
"""

from __future__ import annotations

from typing import Any

PRODUCT_NAMES = {
    "AAD_PREMIUM": "Microsoft Entra ID P1",
    "AAD_PREMIUM_P2": "Microsoft Entra ID P2",
    "ATP_ENTERPRISE": "Microsoft Defender for Office 365 (Plan 1)",
    "DESKLESSPACK": "Office 365 F3",
    "EMS": "Enterprise Mobility + Security E3",
    "EMSPREMIUM": "Enterprise Mobility + Security E5",
    "ENTERPRISEPACK": "Office 365 E3",
    "ENTERPRISEPREMIUM": "Office 365 E5",
    "EXCHANGEDESKLESS": "Exchange Online Kiosk",
    "EXCHANGEENTERPRISE": "Exchange Online (Plan 2)",
    "EXCHANGESTANDARD": "Exchange Online (Plan 1)",
    "INTUNE_A": "Microsoft Intune Plan 1",
    "M365_F1": "Microsoft 365 F1",
    "MCOEV": "Microsoft Teams Phone Standard",
    "MCOMEETADV": "Microsoft 365 Audio Conferencing",
    "Microsoft_365_Copilot": "Microsoft 365 Copilot",
    "O365_BUSINESS": "Microsoft 365 Apps for business",
    "O365_BUSINESS_ESSENTIALS": "Microsoft 365 Business Basic",
    "O365_BUSINESS_PREMIUM": "Microsoft 365 Business Standard",
    "OFFICESUBSCRIPTION": "Microsoft 365 Apps for enterprise",
    "POWER_BI_PRO": "Power BI Pro",
    "PROJECTPROFESSIONAL": "Planner and Project Plan 3",
    "SPB": "Microsoft 365 Business Premium",
    "SPE_E3": "Microsoft 365 E3",
    "SPE_E5": "Microsoft 365 E5",
    "SPE_F1": "Microsoft 365 F3",
    "STANDARDPACK": "Office 365 E1",
    "VISIOCLIENT": "Visio Plan 2",
}


def product_name(part_number: str) -> str:
    """The product's name, or its part number where we know no name."""
    return PRODUCT_NAMES.get(part_number, part_number)


def seats_bought(sku: dict[str, Any]) -> int:
    """Seats of a `subscribedSku` that may be assigned."""
    return int(sku["prepaidUnits"]["enabled"])


def seats_free(sku: dict[str, Any]) -> int:
    """Seats of a `subscribedSku` that nobody holds; none when it is over-assigned."""
    return max(0, seats_bought(sku) - int(sku["consumedUnits"]))

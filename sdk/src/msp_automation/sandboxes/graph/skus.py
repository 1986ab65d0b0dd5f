"""Microsoft 365 products with their real part numbers and ids.

Source: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
"""

from __future__ import annotations

from dataclasses import dataclass

# Service plans by name; a product lists its main ones here, Microsoft's list has more.
SERVICE_PLANS = {
    "EXCHANGE_S_DESKLESS": "4a82b400-a79f-41a4-b4e2-e94f5787b113",
    "EXCHANGE_S_STANDARD": "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
    "EXCHANGE_S_ENTERPRISE": "efb87545-963c-4e0d-99df-69c6916d9eb0",
    "SHAREPOINTSTANDARD": "c7699d2e-19aa-44de-8edf-1736da088ca1",
    "SHAREPOINTENTERPRISE": "5dbe027f-2339-4123-9542-606e4d348a72",
    "TEAMS1": "57ff2da0-773e-42df-b2af-ffb7a2317929",
    "OFFICE_BUSINESS": "094e7854-93fc-4d55-b2c0-3ab5369ebdc1",
    "OFFICESUBSCRIPTION": "43de0ff5-c92c-492b-9116-175376d08c38",
    "INTUNE_A": "c1ec4a95-1f05-45b3-a911-aa3fa01094f5",
    "AAD_PREMIUM": "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
    "AAD_PREMIUM_P2": "eec0eb4f-6444-4f95-aba0-50c24d67f998",
}


@dataclass(frozen=True)
class Sku:
    """A product that a tenant can subscribe to."""

    part_number: str
    id: str
    name: str
    plans: tuple[str, ...] = ()


_BUSINESS = ("TEAMS1", "SHAREPOINTSTANDARD", "EXCHANGE_S_STANDARD")
_ENTERPRISE = ("TEAMS1", "SHAREPOINTENTERPRISE", "EXCHANGE_S_ENTERPRISE", "OFFICESUBSCRIPTION")

SKUS = (
    Sku("O365_BUSINESS_ESSENTIALS", "3b555118-da6a-4418-894f-7df1e2096870", "Microsoft 365 Business Basic",
        _BUSINESS),
    Sku("O365_BUSINESS_PREMIUM", "f245ecc8-75af-4f8e-b61f-27d8114de5f3", "Microsoft 365 Business Standard",
        (*_BUSINESS, "OFFICE_BUSINESS")),
    Sku("SPB", "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46", "Microsoft 365 Business Premium",
        (*_BUSINESS, "OFFICE_BUSINESS", "INTUNE_A", "AAD_PREMIUM")),
    Sku("O365_BUSINESS", "cdd28e44-67e3-425e-be4c-737fab2899d3", "Microsoft 365 Apps for business",
        ("OFFICE_BUSINESS",)),
    Sku("OFFICESUBSCRIPTION", "c2273bd0-dff7-4215-9ef5-2c7bcfb06425", "Microsoft 365 Apps for enterprise",
        ("OFFICESUBSCRIPTION",)),
    Sku("SPE_E3", "05e9a617-0261-4cee-bb44-138d3ef5d965", "Microsoft 365 E3",
        (*_ENTERPRISE, "INTUNE_A", "AAD_PREMIUM")),
    Sku("SPE_E5", "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "Microsoft 365 E5",
        (*_ENTERPRISE, "INTUNE_A", "AAD_PREMIUM", "AAD_PREMIUM_P2")),
    Sku("M365_F1", "44575883-256e-4a79-9da4-ebe9acabe2b2", "Microsoft 365 F1", ("TEAMS1",)),
    Sku("SPE_F1", "66b55226-6b4f-492c-910c-a3b7a3c9d993", "Microsoft 365 F3",
        ("TEAMS1", "EXCHANGE_S_DESKLESS", "INTUNE_A", "AAD_PREMIUM")),
    Sku("STANDARDPACK", "18181a46-0d4e-45cd-891e-60aabd171b4e", "Office 365 E1", _BUSINESS),
    Sku("ENTERPRISEPACK", "6fd2c87f-b296-42f0-b197-1e91e994b900", "Office 365 E3", _ENTERPRISE),
    Sku("ENTERPRISEPREMIUM", "c7df2760-2c81-4ef7-b578-5b5392b571df", "Office 365 E5", _ENTERPRISE),
    Sku("DESKLESSPACK", "4b585984-651b-448a-9e53-3b10f069cf7f", "Office 365 F3",
        ("TEAMS1", "EXCHANGE_S_DESKLESS")),
    Sku("EXCHANGESTANDARD", "4b9405b0-7788-4568-add1-99614e613b69", "Exchange Online (Plan 1)",
        ("EXCHANGE_S_STANDARD",)),
    Sku("EXCHANGEENTERPRISE", "19ec0d23-8335-4cbd-94ac-6050e30712fa", "Exchange Online (Plan 2)",
        ("EXCHANGE_S_ENTERPRISE",)),
    Sku("EXCHANGEDESKLESS", "80b2d799-d2ba-4d2a-8842-fb0d0f3a4b82", "Exchange Online Kiosk",
        ("EXCHANGE_S_DESKLESS",)),
    Sku("AAD_PREMIUM", "078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "Microsoft Entra ID P1", ("AAD_PREMIUM",)),
    Sku("AAD_PREMIUM_P2", "84a661c4-e949-4bd2-a560-ed7766fcaf2b", "Microsoft Entra ID P2",
        ("AAD_PREMIUM", "AAD_PREMIUM_P2")),
    Sku("EMS", "efccb6f7-5641-4e0e-bd10-b4976e1bf68e", "Enterprise Mobility + Security E3",
        ("INTUNE_A", "AAD_PREMIUM")),
    Sku("EMSPREMIUM", "b05e124f-c7cc-45a0-a6aa-8cf78c946968", "Enterprise Mobility + Security E5",
        ("INTUNE_A", "AAD_PREMIUM", "AAD_PREMIUM_P2")),
    Sku("INTUNE_A", "061f9ace-7d42-4136-88ac-31dc755f143f", "Microsoft Intune Plan 1", ("INTUNE_A",)),
    Sku("ATP_ENTERPRISE", "4ef96642-f096-40de-a3e9-d83fb2f90211",
        "Microsoft Defender for Office 365 (Plan 1)"),
    Sku("POWER_BI_PRO", "f8a1db68-be16-40ed-86d5-cb42ce701560", "Power BI Pro"),
    Sku("PROJECTPROFESSIONAL", "53818b1b-4a27-454b-8896-0dba576410e6", "Planner and Project Plan 3"),
    Sku("VISIOCLIENT", "c5928f49-12ba-48f7-ada3-0d743a3601d5", "Visio Plan 2"),
    Sku("MCOMEETADV", "0c266dff-15dd-4b49-8397-2bb16070ed52", "Microsoft 365 Audio Conferencing"),
    Sku("MCOEV", "e43b5b99-8dfb-405f-9987-dc307f34bcbd", "Microsoft Teams Phone Standard"),
    Sku("Microsoft_365_Copilot", "639dec6b-bb19-468b-871c-c5c441c4b0cb", "Microsoft 365 Copilot"),
)  # fmt: skip

BY_ID = {sku.id: sku for sku in SKUS}
BY_PART_NUMBER = {sku.part_number: sku for sku in SKUS}


def service_plans(sku: Sku) -> list[dict[str, str]]:
    """A product's service plans as Graph lists them."""
    return [
        {
            "servicePlanId": SERVICE_PLANS[plan],
            "servicePlanName": plan,
            "provisioningStatus": "Success",
            "appliesTo": "User",
        }
        for plan in sku.plans
    ]

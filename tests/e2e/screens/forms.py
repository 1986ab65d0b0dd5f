"""A form with thirty fields of every type, in four sections."""

from __future__ import annotations

from typing import Any

NAME = "Order a workplace"


def _field(name: str, label: str, type_: str, section: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "type": type_, "section": section, **more}


def _choices(*labels: str) -> list[dict[str, str]]:
    return [{"label": label, "value": label.lower().replace(" ", "_")} for label in labels]


WORKPLACE: dict[str, Any] = {
    "name": NAME,
    "description": "Notebook, screens, telephone and licences for somebody who starts or moves.",
    "linkedWorkflow": "order_workplace",
    "isGlobal": True,
    "formSchema": {
        "sections": [
            {"name": "who", "title": "Who it is for"},
            {
                "name": "device",
                "title": "Device",
                "description": "Standard models are there in five working days.",
            },
            {"name": "more", "title": "Accessories and licences"},
            {"name": "delivery", "title": "Delivery and approval"},
        ],
        "fields": [
            _field(
                "about",
                "About",
                "markdown",
                "who",
                content="Orders above **2,500 €** need the approval of a *budget holder*. See the "
                "[catalogue](https://example.com/catalogue) for prices.",
            ),
            _field("requester", "Requested by", "select", "who", dataProvider="get_users", required=True),
            _field("for_whom", "For", "select", "who", dataProvider="get_users"),
            _field("email", "E-mail address for questions", "email", "who", placeholder="name@company.com"),
            _field(
                "cost_centre",
                "Cost centre",
                "text",
                "who",
                required=True,
                placeholder="4711-00",
                helpText="Four digits, a hyphen and two digits, as on the payslip",
                validation={
                    "pattern": "^[0-9]{4}-[0-9]{2}$",
                    "message": "Write the cost centre as 4711-00.",
                },
            ),
            _field("department", "Department", "text", "who", validation={"maxLength": 60}),
            _field(
                "occasion",
                "Occasion",
                "radio",
                "who",
                options=_choices("New starter", "Move", "Replacement of a broken device"),
                required=True,
            ),
            _field(
                "defect",
                "What is broken?",
                "textarea",
                "who",
                visibleWhen={
                    "field": "occasion",
                    "operator": "equals",
                    "value": "replacement_of_a_broken_device",
                },
            ),
            _field(
                "device",
                "Device",
                "select",
                "device",
                required=True,
                options=_choices("Notebook 13 inch", "Notebook 15 inch", "Workstation", "Thin client"),
            ),
            _field(
                "quantity",
                "How many",
                "number",
                "device",
                required=True,
                defaultValue=1,
                validation={"min": 1, "max": 20},
            ),
            _field(
                "keyboard", "Keyboard", "radio", "device", options=_choices("British", "American", "German")
            ),
            _field("docking", "Docking station", "checkbox", "device"),
            _field("hostname", "Device name, where one is wanted", "text", "device"),
            _field("screens", "Screens", "radio", "more", options=_choices("None", "One", "Two")),
            _field("headset", "Headset", "checkbox", "more", helpText="Wireless, for both ears"),
            _field("phone", "Telephone number in Teams", "checkbox", "more"),
            _field(
                "number_range",
                "Telephone number",
                "text",
                "more",
                placeholder="+49 30 …",
                visibleWhen={"field": "phone", "operator": "equals", "value": True},
            ),
            _field("licences", "Licences", "multiselect", "more", dataProvider="get_available_licenses"),
            _field("groups", "Groups", "multiselect", "more", dataProvider="get_groups"),
            _field(
                "software",
                "Software",
                "multiselect",
                "more",
                options=_choices("Visio", "Project", "Acrobat Pro", "AutoCAD LT", "SAP GUI"),
            ),
            _field("other_software", "Other software", "textarea", "more"),
            _field("vpn", "Access from outside the office", "checkbox", "more"),
            _field("needed_by", "Needed by", "date", "delivery", required=True),
            _field("handover", "Handover", "datetime", "delivery"),
            _field(
                "delivery_address",
                "Delivery address",
                "textarea",
                "delivery",
                required=True,
                placeholder="Street and number\nPostcode and town",
            ),
            _field("floor", "Floor", "number", "delivery", validation={"min": -2, "max": 40}),
            _field("quote", "Quote", "file", "delivery", accept=[".pdf", ".xlsx"], maxSizeBytes=5_000_000),
            _field("approver", "Budget holder", "email", "delivery"),
            _field("remarks", "Remarks", "textarea", "delivery"),
            _field(
                "approved",
                "The budget holder has approved this order",
                "checkbox",
                "delivery",
                required=True,
            ),
        ],
    },
}

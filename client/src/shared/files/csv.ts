// A spreadsheet takes a text that begins so for a formula, and would calculate what somebody else wrote.
const formulaStart = /^[=+\-@\t\r]/;

function cell(value: string | number | null): string {
  if (value === null) {
    return "";
  }
  const text = typeof value === "string" && formulaStart.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A table as CSV that spreadsheets open: marked as UTF-8, texts that look like formulas made harmless.
 *
 * Source: RFC 4180.
 */
export function toCsv(headings: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return `\uFEFF${[headings, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;
}

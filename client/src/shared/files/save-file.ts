/** Hands a file to the browser, which saves it as any download. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // Not at once: some browsers read the address only after the click has been handled.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}

export function saveText(name: string, text: string, type: "text/csv" | "application/json" | "text/plain"): void {
  saveFile(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

/** `Licence report`, `2026-03-01`: `licence-report-2026-03-01.csv`. */
export function fileName(parts: readonly string[], ending: string): string {
  const stem = parts
    .join(" ")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");
  return `${stem === "" ? "download" : stem.slice(0, 100)}.${ending}`;
}

/** `14 B`, `2.4 KB`, `31 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? "B"}`;
}

/** `UTC+01:00` for so many minutes ahead of UTC. */
function offsetText(minutes: number): string {
  const part = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  return `UTC${minutes < 0 ? "−" : "+"}${part(minutes / 60)}:${part(minutes % 60)}`;
}

/** The zone that a date and time is meant in: `Europe/Berlin, UTC+02:00`; the offset is that of the moment. */
export function zoneText(local: string): string {
  const given = new Date(local);
  const moment = Number.isNaN(given.getTime()) ? new Date() : given;
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone}, ${offsetText(-moment.getTimezoneOffset())}`;
}

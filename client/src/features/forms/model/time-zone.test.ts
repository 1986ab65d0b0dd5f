import { afterEach, expect, it, vi } from "vitest";

import { zoneText } from "@/features/forms/model/time-zone";
import { withOffset } from "@/features/forms/model/values";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("names the zone with the offset that holds at the moment, summer or winter", () => {
  vi.stubEnv("TZ", "Europe/Berlin");
  expect(zoneText("2026-07-01T09:30")).toBe("Europe/Berlin, UTC+02:00");
  expect(zoneText("2026-01-01T09:30")).toBe("Europe/Berlin, UTC+01:00");
  vi.stubEnv("TZ", "America/St_Johns");
  expect(zoneText("2026-01-01T09:30")).toBe("America/St_Johns, UTC−03:30");
});

it("says what is sent: the time as typed, with that offset", () => {
  vi.stubEnv("TZ", "Europe/Berlin");
  expect(withOffset("2026-07-01T09:30")).toBe("2026-07-01T09:30:00+02:00");
  vi.stubEnv("TZ", "America/St_Johns");
  expect(withOffset("2026-01-01T09:30")).toBe("2026-01-01T09:30:00-03:30");
});

import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

interface HostSettings {
  globalHeaders: Record<string, string>;
  navigationFallback: { exclude: string[] };
}

const settings = JSON.parse(readFileSync(new URL("staticwebapp.config.json", import.meta.url), "utf8")) as HostSettings;

const policy = new Map(
  (settings.globalHeaders["Content-Security-Policy"] ?? "").split("; ").map((directive): [string, string] => {
    const [name = "", ...sources] = directive.split(" ");
    return [name, sources.join(" ")];
  }),
);

it("allows scripts from this site only, and none inside pages or made at run time", () => {
  expect(policy.get("default-src")).toBe("'none'");
  expect(policy.get("script-src")).toBe("'self'");
  expect(policy.get("base-uri")).toBe("'none'");
  expect([...policy.values()].join(" ")).not.toMatch(/unsafe-eval|\*(?!\.azurewebsites\.net)/);
});

it("allows inline styles, but no inline scripts", () => {
  const inline = [...policy].filter(([, sources]) => sources.includes("'unsafe-inline'")).map(([name]) => name);
  expect(inline).toEqual(["style-src"]);
});

it.each(["index.html", "auth.html"])("%s has no inline script and asks no other site", (page) => {
  const html = readFileSync(new URL(page, import.meta.url), "utf8");
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
});

it("never answers the sign-in bridge or an asset with the application's page", () => {
  expect(settings.navigationFallback.exclude).toEqual(
    expect.arrayContaining(["/auth.html", "/assets/*", "/config.json"]),
  );
});

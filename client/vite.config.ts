import { readFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";

import react from "@vitejs/plugin-react";
import type { Plugin, Rolldown } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What the static host needs beside the built files: its own settings, and in development `/config.json`. */
function hostFiles(): Plugin {
  return {
    name: "host-files",
    configureServer(server) {
      server.middlewares.use("/config.json", (_request, response) => {
        response.setHeader("content-type", "application/json");
        response.setHeader("cache-control", "no-store");
        // `make dev` says where its stack is; by itself this server stands in front of one on the usual ports.
        response.end(process.env.MSP_CLIENT_CONFIG ?? readFileSync(here("config.local.json")));
      });
    },
    generateBundle() {
      const fileName = "staticwebapp.config.json";
      this.emitFile({ type: "asset", fileName, source: readFileSync(here(fileName)) });
    },
  };
}

/**
 * What loads together. Left to itself the bundler cuts along every set of pages that share a module: sixty files for
 * a list, most of them under 3 KiB, which costs a slow processor a quarter of the time to its first rows.
 * Earlier groups are served first; each takes along what its modules import.
 */
const groups: Rolldown.CodeSplittingGroup[] = [
  // The page that sign-in comes back to needs MSAL, and nothing else of the client.
  { name: "sign-in", test: /@azure[\\/]msal-(browser|common)/, priority: 5 },
  { name: "start", test: (id) => !/auth-bridge|\.html/.test(id), tags: ["$initial"], priority: 4 },
  { name: "most-pages", minShareCount: 22, priority: 3 },
  {
    name: "many-pages",
    test: /tabler|tanstack|client[\\/]src[\\/]shared|[\\/](ActionIcon|Anchor|Badge|SimpleGrid)[\\/]/,
    minShareCount: 8,
    maxModuleSize: 3000,
    priority: 2,
  },
  {
    name: "inputs",
    test: /floating-ui|@mantine.*[\\/](Checkbox|Combobox|FocusTrap|Menu|Modal|Popover|Radio|SegmentedControl|Select|Switch)/,
    minShareCount: 5,
    priority: 1,
  },
];

export default defineConfig({
  plugins: [react(), hostFiles()],
  resolve: { alias: { "@": here("src") } },
  server: { port: 5173, strictPort: true },
  build: {
    target: "es2023",
    // Data addresses would need exceptions in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: here("index.html"),
        auth: here("auth.html"),
      },
      output: { codeSplitting: { groups } },
    },
  },
  test: {
    restoreMocks: true,
    testTimeout: 15_000,
    projects: [
      // Rules and data need no document; pages do.
      { extends: true, test: { name: "rules", include: ["src/**/*.test.ts", "*.test.ts"], environment: "node" } },
      {
        extends: true,
        test: {
          name: "pages",
          include: ["src/**/*.test.tsx"],
          environment: "jsdom",
          setupFiles: ["src/testing/setup.ts"],
        },
      },
    ],
  },
});

import { readFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
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

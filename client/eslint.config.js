import { readdirSync } from "node:fs";

import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("src/features", import.meta.url));

const anywhere = [
  { group: ["../*", "./*"], message: "Import with '@/'." },
  { group: ["@mantine/core/lib/*", "@tabler/icons-react/dist/*"], message: "Import the public entry." },
];
const appIsOnTop = { group: ["@/app/*", "@/app/**"], message: "Only app/ imports app/: shared <- features <- app." };
const restrict = (...patterns) => ({ "no-restricted-imports": ["error", { patterns: [...anywhere, ...patterns] }] });

// Zones: shared (api, shared) <- features <- app; a feature never imports another.
const zones = [
  { files: ["src/**/*.{ts,tsx}"], rules: restrict() },
  {
    files: ["src/api/**", "src/shared/**"],
    rules: restrict(appIsOnTop, { group: ["@/features/**"], message: "shared/ must not know a feature." }),
  },
  ...features.map((name) => ({
    files: [`src/features/${name}/**`],
    rules: restrict(appIsOnTop, {
      group: ["@/features/**", `!@/features/${name}`, `!@/features/${name}/**`],
      message: "Features never import each other; app/ puts them together.",
    }),
  })),
  {
    // Whoever renders does not fetch: a feature's api.ts owns keys, options and mutations.
    files: ["src/**/components/**", "src/app/**", "src/shared/ui/**"],
    ignores: ["src/app/boot.tsx"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: "Components never fetch; use the feature's api.ts." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ImportDeclaration[source.value='axios']",
          message: "Components never fetch; use the feature's api.ts.",
        },
        {
          selector: "ImportDeclaration[source.value=/api\\/generated\\/.*\\/sdk/]",
          message: "Components never fetch; use the feature's api.ts.",
        },
      ],
    },
  },
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "public", "src/api/generated"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./tsconfig.node.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  ...zones,
  {
    files: ["*.js", "*.ts", "scripts/**"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
    rules: { "no-console": "off" },
  },
  { files: ["*.js", "scripts/**"], ...tseslint.configs.disableTypeChecked },
);

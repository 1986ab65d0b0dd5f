import type { CSSVariablesResolver, MantineColorsTuple } from "@mantine/core";
import { createTheme } from "@mantine/core";

import classes from "@/shared/theme/theme.module.css";

const petrol: MantineColorsTuple = [
  "#e6f6f7",
  "#d3eaec",
  "#a8d5d9",
  "#7bc0c6",
  "#56afb6",
  "#3ea3ac",
  "#157f8a",
  "#0b6b75",
  "#085a63",
  "#044a52",
];

const slate: MantineColorsTuple = [
  "#d9dee4",
  "#b9c1ca",
  "#a4adb8",
  "#6b7580",
  "#3c444d",
  "#2e343b",
  "#24292f",
  "#1e2227",
  "#191c20",
  "#131619",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 7 },
  colors: { petrol, dark: slate },
  defaultRadius: "sm",
  cursorType: "pointer",
  focusClassName: classes.focus,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'Segoe UI Mono', Menlo, Consolas, monospace",
  headings: {
    fontWeight: "650",
    sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.15rem" }, h3: { fontSize: "1rem" } },
  },
  // By name: `X.extend` would load every component named here with the start page.
  components: {
    Anchor: { defaultProps: { underline: "always" } },
    Badge: { defaultProps: { variant: "light" }, styles: { root: { textTransform: "none", minWidth: "max-content" } } },
    Checkbox: { classNames: { input: classes.box } },
    Radio: { classNames: { radio: classes.box } },
    Button: { classNames: { root: classes.button } },
    Input: { classNames: { wrapper: classes.input } },
    Loader: { defaultProps: { role: "status", "aria-label": "Loading", color: "var(--mantine-color-anchor)" } },
    // A dialog's header is no banner of the page.
    Modal: {
      styles: { title: { fontWeight: 650 } },
      defaultProps: { closeButtonProps: { "aria-label": "Close" }, attributes: { header: { role: "presentation" } } },
    },
    // A searchable list that opens on focus would cover the page each time somebody tabs through a form.
    Select: { defaultProps: { openOnFocus: false, comboboxProps: { withinPortal: false } } },
    MultiSelect: { defaultProps: { openOnFocus: false, comboboxProps: { withinPortal: false } } },
    Skeleton: { classNames: { root: classes.skeleton } },
    Table: { defaultProps: { verticalSpacing: 7 }, classNames: { th: classes.columnHead } },
    Text: { defaultProps: { size: "sm" } },
  },
});

/** Colours whose contrast Mantine leaves below WCAG 2.2 AA, raised in both schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#56606b",
    "--mantine-color-placeholder": "#68717c",
    "--mantine-color-error": "#b42318",
    "--mantine-color-anchor": "#0a626b",
    "--app-page": "#f6f7f8",
    "--app-surface": "#ffffff",
    "--app-line": "#dde1e6",
    "--app-control-line": "#7d8692",
    "--app-hover": "#eef1f3",
    "--app-selected": "#dff0f1",
    "--app-selected-text": "#07535b",
    "--app-focus": "#0a626b",
    "--app-success": "#176b3a",
    "--app-success-bg": "#e2f4e8",
    "--app-failure": "#b42318",
    "--app-failure-bg": "#fdeceb",
    "--app-warning": "#7a4b00",
    "--app-warning-bg": "#fff3d6",
    "--app-running": "#0b5cad",
    "--app-running-bg": "#e5f0fb",
    "--app-neutral": "#4a535e",
    "--app-neutral-bg": "#eceff2",
    "--app-chart-good": "#0b6b75",
    "--app-chart-bad": "#b42318",
    "--app-chart-other": "#68717c",
  },
  dark: {
    "--mantine-color-body": "#16191d",
    "--mantine-color-dimmed": "#a4adb8",
    "--mantine-color-placeholder": "#97a0ab",
    "--mantine-color-error": "#ff9a92",
    "--mantine-color-anchor": "#7bd0d8",
    "--app-page": "#16191d",
    "--app-surface": "#1e2227",
    "--app-line": "#343a42",
    "--app-control-line": "#7c8692",
    "--app-hover": "#272c33",
    "--app-selected": "#12383d",
    "--app-selected-text": "#a5e3e9",
    "--app-focus": "#7bd0d8",
    "--app-success": "#7fd7a0",
    "--app-success-bg": "#173524",
    "--app-failure": "#ff9a92",
    "--app-failure-bg": "#421e1c",
    "--app-warning": "#f2c46d",
    "--app-warning-bg": "#3b2e12",
    "--app-running": "#8cc4ff",
    "--app-running-bg": "#16304a",
    "--app-neutral": "#c0c8d1",
    "--app-neutral-bg": "#2c3239",
    "--app-chart-good": "#56afb6",
    "--app-chart-bad": "#ff9a92",
    "--app-chart-other": "#97a0ab",
  },
});

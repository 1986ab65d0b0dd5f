(function () {
  var scheme = null;
  try {
    scheme = window.localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // Storage may be switched off; the system's scheme is used.
  }
  if (scheme !== "light" && scheme !== "dark") {
    scheme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();

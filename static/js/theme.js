// Runs before the first paint, so that a dark page never flashes white.
(() => {
  const stored = localStorage.getItem("rapport-theme");
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = stored || (dark ? "dark" : "light");
})();

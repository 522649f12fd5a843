// Runs before the first paint, so that a dark page never flashes white.
(function () {
  const key = "theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => localStorage.getItem(key);
  const paint = () => {
    const theme = stored() ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    document.documentElement.style.colorScheme = theme;
    return theme === "dark";
  };
  paint();
  system.addEventListener("change", paint);
  window.theme = {
    isDark: paint,
    // A choice that the system makes too is no choice: from then on the page follows the system again.
    choose: isDark => {
      if (isDark === system.matches) localStorage.removeItem(key);
      else localStorage.setItem(key, isDark ? "dark" : "light");
      return paint();
    },
  };
})();

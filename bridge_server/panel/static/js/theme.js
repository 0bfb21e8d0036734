// Before anything is painted: light or dark as the musician chose it here, else as the system has it.
// A classic script, since modules run only after the first paint.
(function () {
  try {
    const chosen = localStorage.getItem("dawbridge.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch (error) {
    console.debug("theme: no storage in this window", error);
  }
})();

// Light or dark: as the reader's system is, until the reader chooses.

function startTheme() {
  const button = find("theme");
  const root = document.documentElement;
  const remember = (theme) => {
    try {
      localStorage.setItem("attime-theme", theme);
    } catch {
      // Some browsers keep nothing for files: then the theme lasts as long as the page.
    }
  };
  const remembered = () => {
    try {
      return localStorage.getItem("attime-theme");
    } catch {
      return null;
    }
  };
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Change to ${isDark() ? "light" : "dark"} colours`);
  };
  if (["light", "dark"].includes(remembered())) root.dataset.theme = remembered();
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    name();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  button.hidden = false;
  name();
}

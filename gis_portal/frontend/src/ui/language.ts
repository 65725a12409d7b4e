// The language switch posts the address of what is seen now, so that nothing is lost by switching.
const COOKIE = "django_language";
const YEAR = 365 * 24 * 3600;

export function startLanguageSwitch(): void {
  // Pages that are the same for everybody hold no form: their switch is a link, which the choice outlives.
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".site-nav a[hreflang]")) {
    link.addEventListener("click", () => {
      document.cookie = `${COOKIE}=${link.hreflang};path=/;max-age=${YEAR};samesite=lax`;
    });
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form.language")) {
    form.addEventListener("submit", () => {
      const next = form.querySelector<HTMLInputElement>('input[name="next"]');
      if (!next) return;
      const url = new URL(location.href);
      url.searchParams.delete("lang");
      next.value = url.pathname + decodeURIComponent(url.search);
    });
  }
}

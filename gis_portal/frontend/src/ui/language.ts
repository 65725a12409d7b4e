// The language switch posts the address of what is seen now, so that nothing is lost by switching.
export function startLanguageSwitch(): void {
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

// One short message at a time, read out by screen readers, gone by itself.
let timer = 0;

export function toast(message: string, milliseconds = 5000): void {
  const box = document.getElementById("toast");
  if (!box) return;
  window.clearTimeout(timer);
  box.textContent = message;
  timer = window.setTimeout(() => {
    box.textContent = "";
  }, milliseconds);
}

// Sharing and copying: the phone's own share sheet where there is one, the clipboard elsewhere.
import { toast } from "./toast";

export async function share(url: string, title: string, copied: string): Promise<void> {
  const data = { url, title };
  if (navigator.share && navigator.canShare?.(data) && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share(data);
      return;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
    }
  }
  await copy(url, copied);
}

export async function copy(words: string, copied: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    copyThroughSelection(words);
  }
  toast(copied);
}

/** For pages served without https, where the clipboard API does not exist. */
function copyThroughSelection(words: string): void {
  const area = document.createElement("textarea");
  area.value = words;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Buttons with data-copy="#id" copy that element's text. */
export function startCopyButtons(copied: string): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-copy]");
    const source = button && document.querySelector(button.dataset["copy"] ?? "");
    if (source?.textContent) void copy(source.textContent.trim(), copied);
  });
}

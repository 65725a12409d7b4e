// A file out of the app, into the downloads of the phone.
import { el } from "../shell/dom";

export async function saveFile(content: Blob, name: string): Promise<void> {
  const address = URL.createObjectURL(content);
  const link = el("a", { href: address, download: name });
  link.click();
  // The browser reads it after this task: free it when it surely has.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// The service worker: registered once; a new version waits until its user says so, since a reload in the middle of a form is rude.
import { facts } from "./facts";

export async function startWorker(onNew: (takeOver: () => void) => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(facts().worker, { scope: "/officer/", updateViaCache: "none" });
  let asked = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (asked) location.reload();
  });
  const offer = (worker: ServiceWorker | null): void => {
    // Without a controller it is the first version, which nobody has to be asked about.
    if (!worker || !navigator.serviceWorker.controller) return;
    onNew(() => {
      asked = true;
      worker.postMessage("take-over");
    });
  };
  offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed") offer(worker);
    });
  });
  const look = (): void => void (navigator.onLine && registration.update().catch(() => undefined));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
}

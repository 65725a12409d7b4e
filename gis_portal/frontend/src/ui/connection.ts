// Says in plain words when the phone has lost the network, and when it is back.
export function watchConnection(): void {
  const bar = document.getElementById("offline");
  if (!bar) return;
  const show = (): void => {
    bar.hidden = navigator.onLine;
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

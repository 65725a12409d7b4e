// The map for planners: two sides, synchronised.
export async function startWorkbenchMap(box: HTMLElement): Promise<void> {
  box.dataset["ready"] = "";
}

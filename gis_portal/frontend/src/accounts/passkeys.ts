// Forms with data-passkey: "login" (options are fetched), "ask" and "add" (options stand in the page). Without this
// script, or in a browser that lacks the standard's own JSON, the other ways to sign in remain.

interface Options {
  creation_options?: { publicKey: PublicKeyCredentialCreationOptionsJSON };
  request_options?: { publicKey: PublicKeyCredentialRequestOptionsJSON };
}

export function startPasskeys(page: Document): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void answer(form);
    });
  }
}

async function answer(form: HTMLFormElement): Promise<void> {
  const told = form.parentElement?.querySelector<HTMLElement>("[data-passkey-error]");
  if (told) told.textContent = "";
  if (!isSupported()) {
    if (told) told.textContent = told.dataset["unsupported"] ?? "";
    return;
  }
  try {
    const credential = await credentialFor(form, await optionsOf(form));
    const box = form.elements.namedItem("credential") as HTMLInputElement;
    box.value = JSON.stringify(credential);
    // Not requestSubmit: the listener above would run again.
    form.submit();
  } catch {
    // Cancelled, timed out, no such key: the person tries again.
    if (told) told.textContent = told.dataset["failed"] ?? "";
  }
}

function isSupported(): boolean {
  return (
    typeof PublicKeyCredential !== "undefined" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function"
  );
}

async function optionsOf(form: HTMLFormElement): Promise<Options> {
  const id = form.dataset["options"];
  if (id) return JSON.parse(document.getElementById(id)?.textContent ?? "{}") as Options;
  const asked = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!asked.ok) throw new Error(String(asked.status));
  return (await asked.json()) as Options;
}

async function credentialFor(form: HTMLFormElement, options: Options): Promise<unknown> {
  let found: Credential | null = null;
  if (options.creation_options) {
    const wish = options.creation_options.publicKey;
    const alone = (form.elements.namedItem("passwordless") as HTMLInputElement | null)?.checked;
    const chosen = { ...wish.authenticatorSelection };
    chosen.residentKey = alone ? "required" : "discouraged";
    chosen.requireResidentKey = Boolean(alone);
    if (alone) chosen.userVerification = "required";
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({
      ...wish,
      authenticatorSelection: chosen,
    });
    found = await navigator.credentials.create({ publicKey });
  } else if (options.request_options) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
      options.request_options.publicKey,
    );
    found = await navigator.credentials.get({ publicKey });
  }
  if (!(found instanceof PublicKeyCredential)) throw new Error("no credential");
  return found.toJSON();
}
